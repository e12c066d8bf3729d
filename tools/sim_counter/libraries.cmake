target_sources(sim_counter PRIVATE sim_coin/control_socket.cpp sim_coin/pseudo_terminal.cpp)
target_link_libraries(sim_counter PRIVATE driver_counter_fake fmt::fmt)
