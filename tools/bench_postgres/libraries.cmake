target_sources(bench_postgres PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/bench_ledger/intake.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/bench_ledger/senders.cpp)
target_link_libraries(bench_postgres PRIVATE yijuan_ledger)
