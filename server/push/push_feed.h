#pragma once

#include "server/db/session.h"
#include "shared/api/push.h"

// Whose feed a message is in.
class Audience
{
public:
    static Audience of(api::AccountId account) { return Audience(account.toString()); }
    static Audience staff() { return Audience(QStringLiteral("staff")); } // managers and admins

    [[nodiscard]] const QString &name() const { return m_name; }
    friend bool operator==(const Audience &, const Audience &) = default;
    friend size_t qHash(const Audience &audience, size_t seed = 0) { return qHash(audience.m_name, seed); }

private:
    explicit Audience(QString name)
        : m_name(std::move(name))
    {
    }

    QString m_name;
};

// A message as it stands in the feed.
struct FeedRow
{
    qint64 seq = 0;
    QString audience;
    QString type;
    Instant at;
    QJsonObject payload;
};
BOOST_DESCRIBE_STRUCT(FeedRow, (), (seq, audience, type, at, payload))

// The durable feed of what is pushed. All in the role squad_push.
class PushFeed
{
public:
    static constexpr const char *role = "squad_push";

    struct Entry
    {
        Audience audience;
        QString type;
        QJsonObject payload;
    };

    // Appends the entries in their order, as of `at`. Whoever else appends waits until this transaction ends.
    static Result<QList<FeedRow>> append(Session &session, const QList<Entry> &entries, Instant at);

    struct News
    {
        QList<Entry> entries;
        Instant at;
    };
    // The same for many moments, in one statement.
    static Result<QList<FeedRow>> append(Session &session, const QList<News> &news);

    // What some audiences have after a number, and where the feed ends, as of one moment.
    struct Page
    {
        qint64 head = 0;
        bool gap = false; // something behind `since` is no longer kept
        QList<FeedRow> rows; // oldest first
        bool isLast = true; // there is nothing between the rows and the head
    };
    static Result<Page> page(Session &session, const QStringList &audiences, qint64 since, int limit);

    // The same of everybody's.
    static Result<QList<FeedRow>> after(Session &session, qint64 seq, int limit);
    static Result<qint64> head(Session &session);

    // An assignment that somebody's feed should have, at this version of the ticket or a later one.
    struct Notice
    {
        Audience audience;
        api::TicketId ticketId;
        int version = 1;
        Instant at; // published
    };
    // The tickets of those notices, published within the last `kept`, that are in no feed.
    static Result<QList<api::TicketId>>
    untold(Session &session, const QList<Notice> &notices, std::chrono::seconds kept);

    // What each audience has seen; older news change nothing.
    static Result<void> acknowledge(Session &session, const QHash<QString, qint64> &seen);

    struct Retention
    {
        std::chrono::seconds keep = std::chrono::days(7);
        // What was acknowledged: not at once, because another device of the same person may be a little
        // behind.
        std::chrono::seconds keepAcknowledged = std::chrono::hours(1);
    };
    // Forgets what is older, at most `limit` rows for each of the two reasons; says how many rows went.
    static Result<int> trim(Session &session, const Retention &retention, int limit);
};
