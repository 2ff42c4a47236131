#pragma once

#include "shared/api/survey.h"

#include <QUrl>

// A survey's link says whose answers are meant and until when they are taken, signed by us: there is nothing
// to look up for one that somebody made up, and nothing in it that tells who the customer is.
namespace survey_link {

inline constexpr int secretBytes = 32;

struct Claim
{
    api::SurveyId id;
    Instant expiresAt; // to the second
};

[[nodiscard]] QByteArray newSecret();
// HMAC-SHA-512-256 (libsodium's crypto_auth) over id and time, base64url.
[[nodiscard]] QString sign(const Claim &claim, const QByteArray &secret);
// None: it was not signed with this secret.
[[nodiscard]] std::optional<Claim> verify(const QString &token, const QByteArray &secret);

// Behind '#', which browsers keep to themselves: no log and no referrer has it.
[[nodiscard]] QUrl address(const QUrl &server, const QString &token);
// A text that holds such an address, with what only the recipient may know left out.
[[nodiscard]] QString masked(const QString &text);

} // namespace survey_link
