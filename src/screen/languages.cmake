# Compiles config/lang into the screen.
set(languages ${CMAKE_SOURCE_DIR}/config/lang)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
  ${languages}/zh-CN.toml ${languages}/en.toml)
file(READ ${languages}/zh-CN.toml YIJUAN_CHINESE_WORDS)
file(READ ${languages}/en.toml YIJUAN_ENGLISH_WORDS)
configure_file(screen/built_in_languages.cpp.in built_in_languages.cpp @ONLY)
target_sources(yijuan_screen PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/built_in_languages.cpp)
