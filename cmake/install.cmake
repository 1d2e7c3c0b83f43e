# What `cmake --install` lays down for other projects: the rooms, their headers (rooms.cmake) and a
# package, so that find_package(synfer) gives synfer::base, synfer::data, ... synfer::run.
include(CMakePackageConfigHelpers)

get_property(rooms GLOBAL PROPERTY SYNFER_ROOMS)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/synfer)

install(TARGETS ${rooms} EXPORT synfer-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT synfer-targets NAMESPACE synfer:: DESTINATION ${package})

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/synfer-config.cmake.in
                              ${PROJECT_BINARY_DIR}/synfer-config.cmake INSTALL_DESTINATION ${package})
# Before 1.0 a minor version may change what others call.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/synfer-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/synfer-config.cmake ${PROJECT_BINARY_DIR}/synfer-config-version.cmake
        DESTINATION ${package})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/CITATION.cff
        DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${PROJECT_SOURCE_DIR}/third_party/vega/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR}
        RENAME LICENSE.vega)
