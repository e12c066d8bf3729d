# Compiles config/postgres/schema.sql into the ledger.
set(schema ${CMAKE_SOURCE_DIR}/config/postgres/schema.sql)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${schema})
file(READ ${schema} YIJUAN_POSTGRES_SCHEMA)
configure_file(ledger/store/postgres/built_in_schema.cpp.in built_in_schema.cpp @ONLY)
target_sources(yijuan_ledger PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/built_in_schema.cpp)
