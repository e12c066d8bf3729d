if(TARGET test_journal)
  target_link_libraries(test_journal PRIVATE yijuan_test_disk)
endif()
