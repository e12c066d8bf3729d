if(TARGET test_screen)
  target_link_libraries(test_screen PRIVATE yijuan_screen_samples)
endif()
