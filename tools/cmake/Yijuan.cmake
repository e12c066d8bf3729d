# Flags, packages and the few functions that every folder of the tree uses.

set(YIJUAN_SANITIZE "" CACHE STRING "comma list for -fsanitize=")

add_library(yijuan_flags INTERFACE)
target_include_directories(yijuan_flags INTERFACE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR})
target_compile_options(yijuan_flags INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  -Wimplicit-fallthrough -Wshorten-64-to-32 -Wfloat-conversion -Wunused
  -fno-omit-frame-pointer)
target_compile_definitions(yijuan_flags INTERFACE
  YIJUAN_VERSION="${PROJECT_VERSION}" BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
if(YIJUAN_SANITIZE)
  target_compile_options(yijuan_flags INTERFACE -fsanitize=${YIJUAN_SANITIZE}
    -fno-sanitize-recover=all)
  target_link_options(yijuan_flags INTERFACE -fsanitize=${YIJUAN_SANITIZE})
  target_compile_definitions(yijuan_flags INTERFACE YIJUAN_SANITIZED)
endif()
target_link_options(yijuan_flags INTERFACE -fuse-ld=lld)

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(Boost 1.81 EXACT REQUIRED COMPONENTS json url)
find_package(GTest REQUIRED)
find_package(fmt REQUIRED)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(QRENCODE REQUIRED IMPORTED_TARGET libqrencode)
pkg_check_modules(CAIRO REQUIRED IMPORTED_TARGET cairo)
pkg_check_modules(PANGO REQUIRED IMPORTED_TARGET pangocairo)

# yijuan_module(NAME DEPENDS other modules... LIBRARIES packages...)
# One static library of every source below the current folder's NAME, but for *_main.cpp (the
# programs: src/kiosk/kioskd_main.cpp becomes the program kioskd).
function(yijuan_module name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LIBRARIES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${name}/*.cpp)
  set(mains ${sources})
  list(FILTER mains INCLUDE REGEX "_main\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "_main\\.cpp$")
  list(TRANSFORM ARG_DEPENDS PREPEND yijuan_)
  if(sources)
    add_library(yijuan_${name} STATIC ${sources})
    target_link_libraries(yijuan_${name} PUBLIC yijuan_flags ${ARG_DEPENDS} ${ARG_LIBRARIES})
  else()
    add_library(yijuan_${name} INTERFACE)
    target_link_libraries(yijuan_${name} INTERFACE yijuan_flags ${ARG_DEPENDS} ${ARG_LIBRARIES})
  endif()
  foreach(main ${mains})
    get_filename_component(program ${main} NAME_WE)
    string(REGEX REPLACE "_main$" "" program ${program})
    add_executable(${program} ${main})
    target_link_libraries(${program} PRIVATE yijuan_${name})
    set_target_properties(${program} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
  endforeach()
endfunction()

# yijuan_test(NAME sources... LINK targets...)
# A GoogleTest program whose cases ctest lists one by one. LABELS says in which trees it runs
# (see tests/README.md).
function(yijuan_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "LINK;LABELS;SOURCES" ${ARGN})
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_executable(test_${name} ${ARG_SOURCES})
  target_link_libraries(test_${name} PRIVATE ${ARG_LINK} GTest::gmock GTest::gtest_main)
  include(GoogleTest)
  gtest_discover_tests(test_${name} TEST_PREFIX ${name}. DISCOVERY_MODE PRE_TEST
    PROPERTIES LABELS "${ARG_LABELS};${name}" TIMEOUT ${ARG_TIMEOUT})
endfunction()
