#pragma once

#include "server/http/router.h"
#include "tests/doubles/payment_vendor/vendor_book.h"
#include "tests/doubles/payment_vendor/webhook_sender.h"

#include <QSet>

namespace vendor {

// Stripe's API as a client meets it: keys, idempotency, limits, and the troubles that the behaviour asks for.
// All of it happens on the thread this belongs to.
class VendorDoor : public QObject
{
public:
    struct Options
    {
        Secret key; // what clients authenticate with
        WebhookSender::Target webhooks;
    };

    explicit VendorDoor(const Options &options);
    void addRoutes(Router &router);

    [[nodiscard]] QJsonObject save() const;
    void load(const QJsonObject &saved);
    [[nodiscard]] bool takeChanged() { return std::exchange(m_isChanged, false); }

private:
    using Kind = VendorBook::Kind;
    using Work = std::function<Answer(const Request &)>;
    struct Remembered
    {
        QByteArray question; // a hash of it
        int status = 200;
        QByteArray body;
    };

    void add(Router &router, api::Method method, const QString &path, Work work);
    void addLists(Router &router);
    void addControl(Router &router);

    void take(const RequestPtr &request, const Responder &respond, const Work &work);
    [[nodiscard]] std::optional<Answer> turnAway(const Request &request) const;
    // What an earlier request under this key makes of it, if there was one.
    [[nodiscard]] std::optional<Response> recall(const Request &request) const;
    [[nodiscard]] Response perform(const Request &request, const Work &work);
    void answer(const RequestPtr &request, const Responder &respond, const Response &response);

    [[nodiscard]] Answer charge(const Request &request);
    [[nodiscard]] Answer refund(const Request &request);
    // Whether what was just done for the first time under this key is to be kept from who asked.
    [[nodiscard]] bool hangs(const Request &request);
    [[nodiscard]] QJsonObject look() const;
    [[nodiscard]] Answer behave(const QByteArray &changes);

    Options m_options;
    Behaviour m_behaviour;
    WebhookSender m_webhooks;
    VendorBook m_book;
    QHash<QByteArray, Remembered> m_answers; // by idempotency key
    QSet<QByteArray> m_underWay; // idempotency keys
    QList<Responder> m_hung;
    int m_inService = 0;
    int m_mostInService = 0;
    int m_requests = 0;
    int m_limited = 0; // answered 429
    bool m_isChanged = false;
};

} // namespace vendor
