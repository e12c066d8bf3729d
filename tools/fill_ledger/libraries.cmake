target_sources(fill_ledger PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/bench_ledger/senders.cpp)
target_link_libraries(fill_ledger PRIVATE yijuan_ledger)
