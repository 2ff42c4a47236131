#include "server/portal/gzip.h"

#include <QtEndian>

#include <array>

namespace {

// The CRC-32 of RFC 1952, section 8.
quint32 crc32(const QByteArray &data)
{
    static const std::array<quint32, 256> table = [] {
        std::array<quint32, 256> remainders {};
        for (quint32 byte = 0; byte < remainders.size(); ++byte) {
            quint32 remainder = byte;
            for (int bit = 0; bit < 8; ++bit)
                remainder = (remainder & 1U) != 0 ? 0xedb88320U ^ (remainder >> 1U) : remainder >> 1U;
            remainders.at(byte) = remainder;
        }
        return remainders;
    }();
    quint32 crc = 0xffffffffU;
    for (const char byte : data)
        crc = table.at((crc ^ static_cast<quint8>(byte)) & 0xffU) ^ (crc >> 8U);
    return crc ^ 0xffffffffU;
}

} // namespace

QByteArray gzip(const QByteArray &data)
{
    // qCompress() frames the same deflate stream otherwise: 4 bytes of length and 2 of zlib before it, 4 of
    // checksum after.
    constexpr qsizetype before = 6;
    constexpr qsizetype after = 4;
    const QByteArray framed = qCompress(data, 9);

    QByteArray file = QByteArray::fromHex("1f8b0800000000000203"); // deflate, no name, no time, best, Unix
    file += framed.mid(before, framed.size() - before - after);
    std::array<quint32, 2> trailer { qToLittleEndian(crc32(data)),
                                     qToLittleEndian(static_cast<quint32>(data.size())) };
    file.append(reinterpret_cast<const char *>(trailer.data()), sizeof trailer);
    return file;
}
