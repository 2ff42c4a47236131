#include "server/http/idempotency.h"

#include "server/db/database.h"

#include <QCryptographicHash>
#include <QtEndian>

namespace idempotency {

namespace {

    struct VerdictRow
    {
        Use use = Use::first;
        std::optional<int> status;
        std::optional<QByteArray> body;
        std::optional<QByteArray> etag;
    };
    BOOST_DESCRIBE_STRUCT(VerdictRow, (), (use, status, body, etag))

    // Claims and answers as SQL arrays, which travel as one argument each.
    struct Columns
    {
        QList<api::AccountId> accounts;
        QList<QString> keys;
        QList<QByteArray> fingerprints;

        explicit Columns(const QList<Claim> &claims)
        {
            for (const Claim &claim : claims) {
                accounts.append(claim.account);
                keys.append(claim.key);
                fingerprints.append(claim.fingerprint);
            }
        }
    };

} // namespace

QByteArray fingerprint(const QByteArray &method, const QByteArray &target, const QByteArray &body)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(method);
    hash.addData(" "); // neither a method nor a target holds a space or a line feed
    hash.addData(target);
    hash.addData("\n");
    hash.addData(body);
    return hash.result();
}

static const Statement beginStatement {
    "http.idempotency_begin",
    R"sql(select use, status, body, etag from http.idempotency_begin($1::uuid[], $2::text[], $3::bytea[]))sql"
};

Result<QList<Verdict>> begin(Session &session, const QList<Claim> &claims)
{
    if (claims.isEmpty())
        return QList<Verdict>();
    const Columns columns(claims);
    const QList<VerdictRow> rows
        = TRY(session.many<VerdictRow>(beginStatement, columns.accounts, columns.keys, columns.fingerprints));
    if (rows.size() != claims.size())
        return fail(Problem::internal(QStringLiteral("idempotency_begin lost a claim")));
    QList<Verdict> verdicts;
    for (const VerdictRow &row : rows)
        verdicts.append(
            { row.use,
              { row.status.value_or(0), row.body.value_or(QByteArray()), row.etag.value_or(QByteArray()) } }
        );
    return verdicts;
}

static const Statement finishStatement {
    "http.idempotency_finish",
    R"sql(select http.idempotency_finish($1::uuid[], $2::text[], $3::bytea[], $4::smallint[], $5::bytea[], $6::bytea[]))sql"
};

Result<void> finish(Session &session, const QList<Claim> &claims, const QList<Stored> &answers)
{
    Q_ASSERT(claims.size() == answers.size());
    if (claims.isEmpty())
        return {};
    const Columns columns(claims);
    QList<int> statuses;
    QList<QByteArray> bodies;
    QList<QByteArray> etags;
    for (const Stored &answer : answers) {
        statuses.append(answer.status);
        bodies.append(answer.body);
        etags.append(answer.etag);
    }
    TRY(session.exec(
        finishStatement, columns.accounts, columns.keys, columns.fingerprints, statuses, bodies, etags
    ));
    return {};
}

static const Statement expireStatement { "http.idempotency_expire",
                                         R"sql(select http.idempotency_expire($1))sql" };

Result<int> expire(Session &session, int limit)
{
    return session.one<int>(expireStatement, limit);
}

Result<void> expireAll(Database &database, const char *role)
{
    constexpr int batch = 1000;
    const auto expireBatch = [](Session &session) { return expire(session, batch); };
    while (TRY(database.transact(role, expireBatch)) == batch) { }
    return {};
}

Problem reusedKey()
{
    return {
        ProblemKind::invalidInput,
        QStringLiteral("This Idempotency-Key was used for another request."),
        QStringLiteral("idempotency.key-reused"),
        {},
        {},
    };
}

} // namespace idempotency
