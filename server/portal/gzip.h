#pragma once

#include <QByteArray>

// The data as a gzip file (RFC 1952), as small as zlib makes it. For what is compressed once and sent often.
[[nodiscard]] QByteArray gzip(const QByteArray &data);
