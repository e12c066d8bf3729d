target_link_libraries(sim_pulse PRIVATE driver_pulse_fake fmt::fmt)
