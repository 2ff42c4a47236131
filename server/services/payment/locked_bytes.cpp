#include "server/services/payment/locked_bytes.h"

#include <cstring>
#include <new>
#include <sodium.h>

namespace {

unsigned char *allocate(size_t size)
{
    static const bool isReady = sodium_init() >= 0;
    void *memory = isReady ? sodium_malloc(size) : nullptr;
    if (!memory)
        throw std::bad_alloc();
    return static_cast<unsigned char *>(memory);
}

} // namespace

LockedBytes::LockedBytes(size_t size)
    : m_data(allocate(size))
    , m_size(size)
{
    std::memset(m_data, 0, m_size);
}

LockedBytes::~LockedBytes()
{
    sodium_free(m_data);
}

std::shared_ptr<LockedBytes> LockedBytes::random(size_t size)
{
    auto bytes = std::make_shared<LockedBytes>(size);
    randombytes_buf(bytes->data(), bytes->size());
    return bytes;
}
