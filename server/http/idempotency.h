#pragma once

#include "server/db/session.h"
#include "shared/api/account.h"

class Database;

// An Idempotency-Key makes a repeated request harmless: within 24 hours the same account's same key gets the
// first answer again, and reusing the key for another request is refused.
//
// Key and answer are stored in the transaction of the work itself, so that there is never one without the
// other. Only what was committed is stored: a Problem has rolled everything back, so that trying again with
// the same key is safe and may succeed. A second request with the key of one that still runs waits for it.
// Routes do all this around every unsafe endpoint of a signed-in caller; a handler does not see it.
namespace idempotency {

// What was answered, and is answered again.
struct Stored
{
    int status = 200;
    QByteArray body;
    QByteArray etag; // with its quotes; empty: none
    // Of a file, which is only ever read and so never stored; empty: the body is JSON.
    QByteArray mediaType {};
    QString fileName {};
};

struct Claim
{
    api::AccountId account;
    QString key;
    QByteArray fingerprint; // of method, target and body
};

enum class Use { first, repeated, reused };
BOOST_DESCRIBE_ENUM(Use, first, repeated, reused)

struct Verdict
{
    Use use = Use::first;
    Stored stored; // of `repeated`
};

[[nodiscard]] QByteArray
fingerprint(const QByteArray &method, const QByteArray &target, const QByteArray &body);

// Holds the keys until the transaction ends, in an order that no two calls can dead-lock over, and tells what
// each is. One statement for any number; the claims' keys must differ. Verdicts are in the order of the
// claims.
[[nodiscard]] Result<QList<Verdict>> begin(Session &session, const QList<Claim> &claims);

// Stores the answers of `first` ones, in the same transaction.
[[nodiscard]] Result<void> finish(Session &session, const QList<Claim> &claims, const QList<Stored> &answers);

// Deletes up to `limit` answers older than 24 hours; the number of deleted ones.
[[nodiscard]] Result<int> expire(Session &session, int limit);

// Deletes all of them, in short transactions that keep nobody waiting. For a periodic task on a worker.
Result<void> expireAll(Database &database, const char *role);

[[nodiscard]] Problem reusedKey();

} // namespace idempotency
