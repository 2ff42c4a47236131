#include "server/services/payment/card_cipher.h"

#include <sodium.h>

using namespace Qt::StringLiterals;

namespace card_cipher {

namespace {

    constexpr qsizetype nonceSize = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
    constexpr qsizetype tagSize = crypto_aead_xchacha20poly1305_ietf_ABYTES;
    constexpr size_t keySize = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
    static_assert(keySize == MasterKeys::keySize);

    const unsigned char *bytes(const char *data)
    {
        return reinterpret_cast<const unsigned char *>(data); // NOLINT: libsodium's kind of byte
    }
    unsigned char *bytes(char *data)
    {
        return reinterpret_cast<unsigned char *>(data); // NOLINT
    }

    // What a ciphertext is and whose: another use of the same key, or another card, does not open it.
    QByteArray numberOf(api::CardId card)
    {
        return "card number " + card.uuid().toRfc4122();
    }
    QByteArray keyOf(api::CardId card, int version)
    {
        return "card key " + QByteArray::number(version) + ' ' + card.uuid().toRfc4122();
    }

    QByteArray
    encrypt(const unsigned char *key, const QByteArray &about, const unsigned char *plain, size_t size)
    {
        QByteArray box(nonceSize + static_cast<qsizetype>(size) + tagSize, Qt::Uninitialized);
        randombytes_buf(box.data(), nonceSize);
        crypto_aead_xchacha20poly1305_ietf_encrypt(
            bytes(box.data()) + nonceSize,
            nullptr,
            plain,
            size,
            bytes(about.constData()),
            static_cast<unsigned long long>(about.size()),
            nullptr,
            bytes(box.constData()),
            key
        );
        return box;
    }

    // Null: it was changed, or belongs to another key or card.
    std::unique_ptr<LockedBytes>
    decrypt(const unsigned char *key, const QByteArray &about, const QByteArray &box)
    {
        if (box.size() <= nonceSize + tagSize)
            return nullptr;
        auto plain = std::make_unique<LockedBytes>(static_cast<size_t>(box.size() - nonceSize - tagSize));
        const int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(
            plain->data(),
            nullptr,
            nullptr,
            bytes(box.constData()) + nonceSize,
            static_cast<unsigned long long>(box.size() - nonceSize),
            bytes(about.constData()),
            static_cast<unsigned long long>(about.size()),
            bytes(box.constData()),
            key
        );
        return failed == 0 ? std::move(plain) : nullptr;
    }

    Result<std::unique_ptr<LockedBytes>>
    unwrap(const MasterKeys &keys, api::CardId card, const SealedNumber &sealed)
    {
        const unsigned char *master = keys.find(sealed.keyVersion);
        if (!master)
            return fail(Problem::unavailable(
                u"Version %1 of the card vault's master key is missing."_s.arg(sealed.keyVersion)
            ));
        auto key = decrypt(master, keyOf(card, sealed.keyVersion), sealed.wrappedKey);
        if (!key || key->size() != keySize)
            return fail(Problem::internal(u"the key of card %1 does not unwrap"_s.arg(card.toString())));
        return key;
    }

} // namespace

SealedNumber seal(const MasterKeys &keys, api::CardId card, const CardNumber &number)
{
    const auto key = LockedBytes::random(keySize);
    const QByteArrayView digits = number.reveal();
    const int version = keys.current();
    return {
        encrypt(key->data(), numberOf(card), bytes(digits.data()), static_cast<size_t>(digits.size())),
        encrypt(keys.find(version), keyOf(card, version), key->data(), key->size()),
        version,
    };
}

Result<CardNumber> open(const MasterKeys &keys, api::CardId card, const SealedNumber &sealed)
{
    const auto key = TRY(unwrap(keys, card, sealed));
    const auto digits = decrypt(key->data(), numberOf(card), sealed.number);
    if (digits) {
        const QByteArrayView view(digits->data(), static_cast<qsizetype>(digits->size()));
        if (auto number = CardNumber::parse(view))
            return *std::move(number);
    }
    return fail(Problem::internal(u"the number of card %1 does not open"_s.arg(card.toString())));
}

Result<SealedNumber> rewrap(const MasterKeys &keys, api::CardId card, SealedNumber sealed)
{
    const auto key = TRY(unwrap(keys, card, sealed));
    sealed.keyVersion = keys.current();
    sealed.wrappedKey
        = encrypt(keys.find(sealed.keyVersion), keyOf(card, sealed.keyVersion), key->data(), key->size());
    return sealed;
}

} // namespace card_cipher
