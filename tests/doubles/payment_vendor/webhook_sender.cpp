#include "tests/doubles/payment_vendor/webhook_sender.h"

#include "server/services/payment/webhook_signature.h"
#include "shared/core/clock.h"
#include "shared/core/id.h"

#include <QNetworkReply>
#include <QTimer>

using namespace Qt::StringLiterals;

namespace vendor {

namespace {

    constexpr int mostTries = 8;
    constexpr int retryAfter = 250; // milliseconds, doubled each time
    constexpr int patience = 10'000;

} // namespace

WebhookSender::WebhookSender(Target target, const Behaviour &behaviour)
    : m_target(std::move(target))
    , m_behaviour(behaviour)
{
}

void WebhookSender::tell(const QString &type, const QJsonObject &object)
{
    if (m_target.url.isEmpty())
        return;
    const QByteArray body = json::toText(QJsonObject {
        { u"id"_s, "evt_"_L1 + makeUuid7().toString(QUuid::Id128) },
        { u"object"_s, u"event"_s },
        { u"type"_s, type },
        { u"created"_s, QDateTime::currentSecsSinceEpoch() },
        { u"data"_s, QJsonObject { { u"object"_s, object } } },
    });
    for (int copy = 0; copy < m_behaviour.webhookCopies; ++copy) {
        std::uniform_int_distribution<int> jitter(0, m_behaviour.webhookJitterMs);
        const int delay = m_behaviour.webhookDelayMs + jitter(m_chance);
        QTimer::singleShot(delay, this, [this, body] { post(body, 1); });
    }
}

void WebhookSender::post(const QByteArray &body, int tries)
{
    QNetworkRequest request(m_target.url);
    request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
    request.setRawHeader(
        "Stripe-Signature", webhook_signature::sign(body, m_target.secret, SystemClock().now())
    );
    request.setTransferTimeout(patience);
    QNetworkReply *reply = m_network.post(request, body);
    connect(reply, &QNetworkReply::finished, this, [this, reply, body, tries] {
        reply->deleteLater();
        if (reply->error() == QNetworkReply::NoError)
            ++m_delivered;
        else if (tries < mostTries)
            QTimer::singleShot(retryAfter << (tries - 1), this, [this, body, tries] {
                post(body, tries + 1);
            });
    });
}

} // namespace vendor
