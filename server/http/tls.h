#pragma once

#include "shared/core/result.h"

#include <QSslConfiguration>

// The server side of TLS from PEM files: 1.2 or newer, HTTP/1.1 by ALPN.
[[nodiscard]] Result<QSslConfiguration>
readTlsConfiguration(const QString &certificateFile, const QString &keyFile);
