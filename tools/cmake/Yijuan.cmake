# Flags, packages and the few functions that every folder of the tree uses.

set(YIJUAN_SANITIZE "" CACHE STRING "comma list for -fsanitize=")
# Which of the three trees this is: a test says in which it is built and run.
if(YIJUAN_SANITIZE MATCHES address)
  set(YIJUAN_TREE asan)
elseif(YIJUAN_SANITIZE MATCHES thread)
  set(YIJUAN_TREE tsan)
else()
  set(YIJUAN_TREE release)
endif()

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
set(Boost_NO_WARN_NEW_VERSIONS ON)
find_package(Boost 1.81 EXACT REQUIRED COMPONENTS json)
find_package(GTest REQUIRED)
find_package(fmt REQUIRED)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(PQ REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(QRENCODE REQUIRED IMPORTED_TARGET libqrencode)
pkg_check_modules(CAIRO REQUIRED IMPORTED_TARGET cairo)
pkg_check_modules(PANGO REQUIRED IMPORTED_TARGET pangocairo)
pkg_check_modules(USB REQUIRED IMPORTED_TARGET libusb-1.0)
# Version 1 (Debian 12); version 2 has another interface.
pkg_check_modules(GPIOD REQUIRED IMPORTED_TARGET libgpiod<2)

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

# yijuan_test(NAME SOURCES ... LINK targets... [TREES asan release tsan] [TIMEOUT seconds])
# A GoogleTest program whose cases ctest lists one by one, each labelled NAME. It is built and run
# only in the trees named (asan, unless told otherwise): see tests/README.md.
function(yijuan_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "LINK;TREES;SOURCES" ${ARGN})
  if(NOT ARG_TREES)
    set(ARG_TREES asan)
  endif()
  if(NOT YIJUAN_TREE IN_LIST ARG_TREES)
    return()
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_executable(test_${name} ${ARG_SOURCES})
  target_link_libraries(test_${name} PRIVATE ${ARG_LINK} GTest::gmock GTest::gtest_main)
  # For tests that read what the tree ships (config/, recordings).
  target_compile_definitions(test_${name} PRIVATE YIJUAN_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  include(GoogleTest)
  gtest_discover_tests(test_${name} TEST_PREFIX ${name}. DISCOVERY_MODE PRE_TEST
    PROPERTIES LABELS "${name}" TIMEOUT ${ARG_TIMEOUT})
endfunction()

# yijuan_script_test(NAME script [TREES ...] [TIMEOUT seconds] [ARGS ...])
# A Python test of whole programs: run with the tree's bin folder as its first argument.
function(yijuan_script_test name script)
  cmake_parse_arguments(ARG "" "TIMEOUT" "TREES;ARGS" ${ARGN})
  if(NOT ARG_TREES)
    set(ARG_TREES release)
  endif()
  if(NOT YIJUAN_TREE IN_LIST ARG_TREES)
    return()
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_test(NAME ${name}
    COMMAND /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/${script} ${CMAKE_BINARY_DIR}/bin ${ARG_ARGS})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS script)
endfunction()
