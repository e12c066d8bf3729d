# libgpiod's functions as the test has them, in place of the library's: no chip is needed.
if(TARGET test_io)
  target_sources(test_io PRIVATE ${CMAKE_CURRENT_LIST_DIR}/fake_gpiod.cpp)
endif()
