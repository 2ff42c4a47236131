#pragma once

#include <QByteArray>

#include <memory>

// Bytes in memory that libsodium guards: locked, between inaccessible pages, left out of core dumps, and
// wiped when they go.
class LockedBytes
{
public:
    explicit LockedBytes(size_t size); // zeroes
    ~LockedBytes();
    LockedBytes(const LockedBytes &) = delete;
    LockedBytes &operator=(const LockedBytes &) = delete;

    [[nodiscard]] static std::shared_ptr<LockedBytes> random(size_t size);

    [[nodiscard]] unsigned char *data() { return m_data; }
    [[nodiscard]] const unsigned char *data() const { return m_data; }
    [[nodiscard]] size_t size() const { return m_size; }

private:
    unsigned char *m_data;
    size_t m_size;
};
