#include "shared/core/id.h"

#include <QRandomGenerator>

#include <array>
#include <chrono>
#include <mutex>

QUuid makeUuid7()
{
    // 48 bits of milliseconds, then a 74-bit counter that starts at random each millisecond and counts up
    // within it (RFC 9562, 6.2 method 2), of which the upper 12 bits follow the version.
    static std::mutex mutex;
    static qint64 lastMilliseconds = 0;
    static quint64 counter
        = 0; // the 62 bits behind the variant; the 12 above them stay random per millisecond
    static quint16 head = 0;

    const std::lock_guard lock(mutex);
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
                         std::chrono::system_clock::now().time_since_epoch()
    )
                         .count();
    if (now > lastMilliseconds) {
        lastMilliseconds = now;
        // Not the system generator: an id is not a secret, and one system call per id is.
        QRandomGenerator *random = QRandomGenerator::global();
        head = static_cast<quint16>(random->generate() & 0x0fff);
        counter = random->generate64() & 0x1fff'ffff'ffff'ffff;
    } else {
        counter += 1 + (QRandomGenerator::global()->generate() & 0xffff);
    }

    std::array<quint8, 16> bytes {};
    for (size_t i = 0; i < 6; ++i)
        bytes.at(i) = static_cast<quint8>(lastMilliseconds >> (8 * (5 - i)));
    bytes[6] = static_cast<quint8>(0x70 | (head >> 8));
    bytes[7] = static_cast<quint8>(head & 0xff);
    for (size_t i = 0; i < 8; ++i)
        bytes.at(8 + i) = static_cast<quint8>(counter >> (8 * (7 - i)));
    bytes[8] = static_cast<quint8>(0x80 | (bytes[8] & 0x3f));
    return QUuid::fromRfc4122(QByteArrayView(bytes.data(), 16));
}
