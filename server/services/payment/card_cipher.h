#pragma once

#include "server/services/payment/master_keys.h"
#include "shared/api/payment.h"

// A card's number as it is stored: under a key of its own, which is wrapped by a master key. Whoever destroys
// the wrapped key has destroyed the number.
struct SealedNumber
{
    QByteArray number; // nonce and ciphertext
    QByteArray wrappedKey; // nonce and ciphertext
    int keyVersion = 0; // of the master key
};
BOOST_DESCRIBE_STRUCT(SealedNumber, (), (number, wrappedKey, keyVersion))

// Encrypts and decrypts numbers with XChaCha20-Poly1305. The card's id is bound in, so that a ciphertext put
// under another card does not open.
namespace card_cipher {

[[nodiscard]] SealedNumber seal(const MasterKeys &keys, api::CardId card, const CardNumber &number);
[[nodiscard]] Result<CardNumber> open(const MasterKeys &keys, api::CardId card, const SealedNumber &sealed);
// The same number and card key, wrapped by the current master key.
[[nodiscard]] Result<SealedNumber> rewrap(const MasterKeys &keys, api::CardId card, SealedNumber sealed);

} // namespace card_cipher
