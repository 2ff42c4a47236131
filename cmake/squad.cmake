# How every target of the project is compiled, and the three verbs that declare one:
#   squad_library(name [OBJECT] SOURCES … DEPENDS …)   a part of the product
#   squad_service(name SOURCES … DEPENDS …)            a server service; an OBJECT library, so that CMake refuses a cycle
#   squad_test(name SOURCES … DEPENDS … [LABELS …])    a Qt Test executable, registered with CTest; with test_support
#                                                      among DEPENDS it finds a PostgreSQL running

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_AUTOMOC ON)
set(CMAKE_AUTORCC ON)

option(SQUAD_WERROR "Treat warnings as errors" OFF)
set(SQUAD_SANITIZE "" CACHE STRING "Sanitizers, comma-separated: address,undefined or thread")

# -g1 keeps line numbers in backtraces at a third of the link time and disk of -g.
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG -DQT_NO_DEBUG")

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
    # Sloppiness is what lets ccache work with a precompiled header; base_dir lets two checkouts share one cache.
    set(CMAKE_CXX_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
        CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE_PROGRAM}
    )
endif()

find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
    add_link_options(-fuse-ld=mold)
endif()

add_compile_options(
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
    # GCC 12 reports these inside std and Qt headers when it inlines; the sanitizers find the real ones.
    -Wno-maybe-uninitialized -Wno-dangling-pointer
    -fpch-preprocess
)
if(SQUAD_WERROR)
    add_compile_options(-Werror)
endif()
if(SQUAD_SANITIZE)
    add_compile_options(-fsanitize=${SQUAD_SANITIZE} -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${SQUAD_SANITIZE})
endif()

add_compile_definitions(
    QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_CAST_FROM_BYTEARRAY QT_NO_URL_CAST_FROM_STRING QT_NO_FOREACH
    QT_NO_JAVA_STYLE_ITERATORS QT_STRICT_ITERATORS QT_NO_NARROWING_CONVERSIONS_IN_CONNECT
    QT_DISABLE_DEPRECATED_BEFORE=0x060400
)
include_directories(${CMAKE_SOURCE_DIR})

# One precompiled header serves every target: all of them link Qt Core and share the flags above.
function(squad_precompiled_header)
    file(WRITE ${CMAKE_BINARY_DIR}/pch.cpp "")
    add_library(squad_pch OBJECT ${CMAKE_BINARY_DIR}/pch.cpp)
    target_link_libraries(squad_pch PUBLIC Qt6::Core)
    target_precompile_headers(squad_pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch.h)
    set_target_properties(squad_pch PROPERTIES AUTOMOC OFF)
endfunction()

function(squad_common target)
    target_precompile_headers(${target} REUSE_FROM squad_pch)
endfunction()

function(squad_library name)
    cmake_parse_arguments(arg "OBJECT" "" "SOURCES;DEPENDS" ${ARGN})
    if(arg_OBJECT)
        add_library(${name} OBJECT ${arg_SOURCES})
    else()
        add_library(${name} STATIC ${arg_SOURCES})
    endif()
    target_link_libraries(${name} PUBLIC ${arg_DEPENDS})
    squad_common(${name})
endfunction()

# Every service is `service_<name>`; DEPENDS names the libraries and other services whose public interface it uses.
function(squad_service name)
    squad_library(service_${name} OBJECT ${ARGN})
    set_property(GLOBAL APPEND PROPERTY SQUAD_SERVICES service_${name})
endfunction()

function(squad_test name)
    cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;DEPENDS;LABELS" ${ARGN})
    add_executable(${name} ${arg_SOURCES})
    target_link_libraries(${name} PRIVATE ${arg_DEPENDS} Qt6::Test)
    squad_common(${name})
    add_test(NAME ${name} COMMAND ${name})
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 300)
    endif()
    get_property(cluster GLOBAL PROPERTY SQUAD_TEST_CLUSTER)
    set_tests_properties(${name} PROPERTIES
        TIMEOUT ${arg_TIMEOUT}
        LABELS "${arg_LABELS}"
        ENVIRONMENT "QT_QPA_PLATFORM=offscreen;QT_NO_GLIB=1;QTEST_DISABLE_STACK_DUMP=1;QTEST_FUNCTION_TIMEOUT=600000;SQUAD_SOURCE_DIR=${CMAKE_SOURCE_DIR};SQUAD_TEST_CLUSTER=${cluster}"
    )
    # One after the other among those that share the test PostgreSQL, where what one leaves running is another's snapshot,
    # and among those that start processes of their own, which is a load; one of each kind at a time.
    if("test_support" IN_LIST arg_DEPENDS)
        set_tests_properties(${name} PROPERTIES FIXTURES_REQUIRED postgres RESOURCE_LOCK shared_postgres)
    else()
        set_tests_properties(${name} PROPERTIES RESOURCE_LOCK own_processes)
    endif()
endfunction()
