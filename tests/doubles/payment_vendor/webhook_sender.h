#pragma once

#include "shared/core/secret.h"
#include "tests/doubles/payment_vendor/behaviour.h"

#include <QNetworkAccessManager>
#include <QUrl>

#include <random>

namespace vendor {

// Posts signed events to whoever listens, as late and as often as the behaviour says, until they are taken.
class WebhookSender : public QObject
{
public:
    struct Target
    {
        QUrl url; // empty: nobody listens
        Secret secret;
    };

    WebhookSender(Target target, const Behaviour &behaviour);

    void setUrl(const QUrl &url) { m_target.url = url; }
    void tell(const QString &type, const QJsonObject &object);
    [[nodiscard]] int delivered() const { return m_delivered; }

private:
    void post(const QByteArray &body, int tries);

    Target m_target;
    const Behaviour &m_behaviour;
    QNetworkAccessManager m_network;
    std::minstd_rand m_chance { 2026 };
    int m_delivered = 0; // copies that were answered 2xx
};

} // namespace vendor
