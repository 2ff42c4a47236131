#pragma once

#include "shared/client/api_client.h"
#include "shared/client/feed_position.h"
#include "shared/client/push_channel.h"

#include <QSettings>
#include <QTemporaryDir>

// Somebody who uses the product through the same client library the apps use: signs in, calls, and hears
// pushes.
class Person : public QObject
{
    Q_OBJECT

public:
    Person(const QUrl &server, const QString &email, const QString &password, QObject *parent = nullptr);

    void signIn();
    [[nodiscard]] ApiClient &api() { return m_api; }
    [[nodiscard]] PushChannel &push() { return *m_push; }
    [[nodiscard]] const api::Account &account() const { return m_account; }
    [[nodiscard]] const QString &email() const { return m_email; }

    // Runs `handler` with the answer, or `otherwise` with why there is none.
    template <class E, class... Given>
    void call(
        std::function<void(const typename E::Answer &)> handler,
        std::function<void(const Problem &)> otherwise,
        const Given &...given
    )
    {
        m_api.call<E>(given...).then(
            this,
            [handler = std::move(handler),
             otherwise = std::move(otherwise)](Result<typename E::Answer> answer) {
                if (answer)
                    handler(*answer);
                else
                    otherwise(answer.error());
            }
        );
    }

signals:
    void signedIn();
    void refused(const Problem &problem);

private:
    QString m_email;
    Secret m_password;
    Secret m_refreshToken;
    ApiClient m_api;
    QTemporaryDir m_dir;
    QSettings m_settings;
    FeedPosition m_position;
    std::unique_ptr<PushChannel> m_push;
    api::Account m_account;
    int m_tries = 0;
};
