target_sources(bench_dashboard PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/bench_ledger/senders.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/bench_journal/node_side.cpp)
target_link_libraries(bench_dashboard PRIVATE yijuan_ledger)
