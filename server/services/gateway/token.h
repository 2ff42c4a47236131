#pragma once

#include "server/http/caller.h"
#include "shared/core/result.h"

#include <QMap>

// Signs and reads access tokens. A token carries who its bearer is, so that a request is authenticated
// without asking the database; its signature (HMAC-SHA-256) makes sure that we said so.
//
// base64url( version ‖ key id ‖ session ‖ account ‖ role ‖ expiry ‖ name ‖ signature )
class TokenSigner
{
public:
    // Key id → 32 bytes. One of them signs, all verify.
    TokenSigner(const QMap<quint32, QByteArray> &keys, quint32 signingKey);

    [[nodiscard]] QByteArray sign(const Caller &bearer, Instant expiresAt) const;

    // The bearer (account, role, session, name), or `unauthenticated` for anything that is not a living token
    // of ours.
    [[nodiscard]] Result<Caller> read(QByteArrayView token, Instant now) const;

private:
    QMap<quint32, QByteArray> m_keys;
    quint32 m_signingKey;
};
