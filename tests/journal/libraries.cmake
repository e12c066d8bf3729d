if(TARGET test_journal)
  target_sources(test_journal PRIVATE ${CMAKE_CURRENT_LIST_DIR}/fault_vfs.cpp)
endif()
