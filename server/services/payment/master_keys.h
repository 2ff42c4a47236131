#pragma once

#include "server/services/payment/locked_bytes.h"
#include "shared/core/result.h"

#include <QMap>

#include <optional>

// The versioned keys that wrap the key of each card. They come from outside the database: from a file that
// nobody else may read, or from a command that prints the same text, which is where an HSM or a key
// management service hooks in.
//
// One key in a line: its version, a space, 32 bytes in base64. Lines with # are comments. The highest version
// wraps what is new; to rotate, add one, and remove the old one when nothing is wrapped with it any more.
class MasterKeys
{
public:
    struct Source
    {
        std::optional<QString> file;
        std::optional<QString> command; // program and arguments; no shell
    };

    static constexpr size_t keySize = 32;

    static Result<MasterKeys> read(const Source &source);
    static Result<MasterKeys> parse(QByteArrayView text);
    // Writes a file with version 1, if there is none.
    static Result<void> createFile(const QString &path);

    [[nodiscard]] int current() const { return m_keys.lastKey(); }
    [[nodiscard]] const unsigned char *find(int version) const; // null: there is none

private:
    QMap<int, std::shared_ptr<const LockedBytes>> m_keys; // never empty
};
