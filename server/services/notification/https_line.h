#pragma once

#include "shared/core/secret.h"

#include <QUrl>

#include <chrono>
#include <memory>

// A line to a vendor's API: one connection, kept between two requests, with a certificate that proves the
// vendor. Blocks; one request at a time.
//
// A request is sent once. HTTP clients like to repeat one whose connection breaks off, which would tell
// somebody twice.
class HttpsLine
{
public:
    struct Options
    {
        QString authorities; // PEM file of those who may vouch for the vendor; empty: the system's
        std::chrono::milliseconds timeout { 10'000 };
    };

    struct Login
    {
        QString user; // empty: none
        Secret password;
    };

    struct Answer
    {
        int status = 0; // 0: none came
        QByteArray body;
        bool mayHaveArrived = false; // although no answer came
        QString trouble; // why none did
    };

    explicit HttpsLine(const Options &options);
    ~HttpsLine();
    HttpsLine(const HttpsLine &) = delete;
    HttpsLine &operator=(const HttpsLine &) = delete;

    // application/x-www-form-urlencoded. In the clear only where the URL says so.
    Answer post(const QUrl &url, const Login &login, const QByteArray &form);
    Answer get(const QUrl &url, const Login &login);

private:
    struct Handle;
    struct Talk;

    void prepare(const QUrl &url, const Login &login, Talk &talk) const;
    Answer perform(Talk &talk);

    Options m_options;
    std::unique_ptr<Handle> m_handle;
};
