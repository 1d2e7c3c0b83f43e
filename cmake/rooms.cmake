# A room is one folder under synfer/ and one library. Its headers are reached as
# "synfer/ROOM/file.h" through an include folder that holds this room alone, so a file sees
# the rooms on its own link line and no other.

find_program(SYNFER_CCACHE ccache)
if(SYNFER_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${SYNFER_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${SYNFER_CCACHE})
endif()

function(synfer_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                         -Wno-sign-conversion -Wnon-virtual-dtor -Wold-style-cast
                         $<$<BOOL:${SYNFER_WARNINGS_AS_ERRORS}>:-Werror>)
endfunction()

# synfer_room(NAME SOURCES file... [USES target...] [PRIVATELY target...])
# Every *_test.cc of the folder joins the room's test program.
function(synfer_room name)
  cmake_parse_arguments(PARSE_ARGV 1 room "" "" "SOURCES;USES;PRIVATELY")
  set(target synfer_${name})
  add_library(${target} STATIC ${room_SOURCES})
  add_library(synfer::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})

  set(view ${PROJECT_BINARY_DIR}/rooms/${name})
  file(MAKE_DIRECTORY ${view}/synfer)
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${view}/synfer/${name} SYMBOLIC)
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${view}>
                             $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_link_libraries(${target} PUBLIC ${room_USES} PRIVATE ${room_PRIVATELY})
  synfer_warnings(${target})
  set_property(GLOBAL APPEND PROPERTY SYNFER_ROOMS ${target})
  install(DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/synfer/${name}
          FILES_MATCHING PATTERN "*.h"
          PATTERN "*_for_test.h" EXCLUDE
          PATTERN "*-inl.h" EXCLUDE
          PATTERN "*_private.h" EXCLUDE)

  file(GLOB tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*_test.cc)
  if(SYNFER_TESTS AND tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE ${target} ${room_PRIVATELY} synfer_test_places
                          GTest::gmock GTest::gtest_main)
    synfer_warnings(${name}_test)
    gtest_discover_tests(${name}_test TEST_PREFIX "${name}/" DISCOVERY_MODE PRE_TEST)
  endif()
endfunction()
