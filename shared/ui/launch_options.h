#pragma once

#include "shared/core/result.h"
#include "shared/core/secret.h"
#include "shared/ui/theme.h"

#include <QSize>
#include <QSslCertificate>
#include <QUrl>

#include <optional>

// What the command line asks of an app. Secrets come over standard input: every user of a machine can read
// its processes' arguments.
struct LaunchOptions
{
    std::optional<QUrl> server {};
    QString email {};
    Secret password {};
    QList<QSslCertificate> authorities {};
    QString profile {}; // settings and sign-in apart from those of other profiles
    std::optional<Theme::Mode> mode {};
    std::optional<int> textPercent {};
    std::optional<QSize> size {};
    int page = 0; // to begin with, from 0
    QString screenshot {}; // a file: show the window, wait until its content has come, save it there and end

    // `input` gives the password when it is asked for.
    [[nodiscard]] static Result<LaunchOptions> parse(const QStringList &arguments, QIODevice &input);
};
