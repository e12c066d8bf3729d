target_sources(bench_fleet PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/fleet/fleet_box.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/fleet/memory_journal.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/fleet/shipped_ledger.cpp)
target_link_libraries(bench_fleet PRIVATE yijuan_ledger)
