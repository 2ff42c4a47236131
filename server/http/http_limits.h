#pragma once

#include <QtGlobal>

#include <chrono>

// What a client may take of the server before it is told off, and how: the status in brackets.
struct HttpLimits
{
    using Duration = std::chrono::milliseconds;

    qsizetype headerBytes = 16 * 1024; // (431)
    qsizetype headerFields = 100; // (431)
    qint64 bodyBytes = 1024 * 1024; // (413) a route may have its own
    qint64 bodyBytesInAll = 128 * 1024 * 1024; // (503) of all requests that are being received or answered
    int connections = 10'000; // (503, then closed)
    int connectionsPerAddress = 256; // (429, then closed) of an IPv4 address or an IPv6 /64
    int pipelineDepth = 16; // requests of one connection in hand; more wait in its socket
    qint64 writeBuffer = 1024 * 1024; // beyond it a connection's next requests wait until its peer reads

    Duration headerTimeout { 10'000 }; // (408) from a request's first byte, or from connecting
    Duration bodyTimeout { 30'000 }; // (408)
    Duration handlerTimeout { 30'000 }; // (504) the late answer is dropped
    Duration idleTimeout { 75'000 }; // (closed) between two requests
    Duration writeTimeout { 30'000 }; // (reset) for a peer that reads nothing
    Duration lingerTimeout {
        2'000
    }; // for reading away what a refused client still sends, so that it sees the answer

    qint64 messageBytes = 64 * 1024; // of a WebSocket message or frame from a client (close code 1009)
    qint64 pushBytes = 1024 * 1024; // (reset) that may wait in a WebSocket whose peer does not read
};
