#pragma once

#include "shared/api/endpoint.h"

#include <QTcpSocket>
#include <QUrl>

// One keep-alive connection to a server, for tests and load generators: blocks, so that many threads can each
// hold one and hit the server at the same instant. Belongs to the thread that made it.
class BlockingClient
{
public:
    explicit BlockingClient(const QUrl &server);

    struct Answer
    {
        int status = 0; // 0: the connection broke before an answer came
        QMap<QByteArray, QByteArray> headers; // names in lower case
        QByteArray body;

        [[nodiscard]] QJsonObject json() const { return QJsonDocument::fromJson(body).object(); }
    };

    void signIn(const QByteArray &accessToken) { m_token = accessToken; }

    Answer send(
        const QByteArray &method,
        const QString &target,
        const QByteArray &body = {},
        const QList<std::pair<QByteArray, QByteArray>> &headers = {}
    );

    // A typed call. `headers` such as Idempotency-Key come last.
    template <class E>
    Result<typename E::Answer> call(
        const typename E::Params &params = {},
        const typename E::Body &body = {},
        const QList<std::pair<QByteArray, QByteArray>> &headers = {}
    )
    {
        QByteArray bytes;
        if constexpr (!std::is_same_v<typename E::Body, api::Nothing>)
            bytes = json::write(body);
        const Answer answer
            = send(methodName(E::method), target(E::path, json::encode(params).toObject()), bytes, headers);
        if (answer.status < 200 || answer.status >= 300)
            return fail(problem(answer));
        if constexpr (std::is_same_v<typename E::Answer, api::Nothing>)
            return typename E::Answer {};
        else
            return json::parse<typename E::Answer>(answer.body);
    }

    [[nodiscard]] static Problem problem(const Answer &answer);

private:
    static QByteArray methodName(api::Method method);
    static QString target(std::string_view path, QJsonObject params);
    bool connectAgain();
    std::optional<Answer> readAnswer();
    bool readMore();

    QUrl m_server;
    QByteArray m_token;
    std::unique_ptr<QTcpSocket> m_socket;
    QByteArray m_buffer;
};
