#include "server/services/payment/stripe_gateway.h"

#include "server/services/payment/stripe_words.h"

#include <QNetworkAccessManager>
#include <QNetworkReply>

#include <deque>
#include <string.h>
#include <vector>

using namespace Qt::StringLiterals;

namespace {

// Qt's HTTP client opens at most six connections to a host, so that many questions at once take several
// clients.
constexpr int connectionsPerClient = 6;
constexpr qint64 largestAnswer = 8 << 20;
// The one whose fields stripe_words reads.
constexpr auto protocolVersion = "2023-10-16";

// The only copy, which Qt's client shares: it may hold a card's number.
void wipe(QByteArray &form)
{
    ::explicit_bzero(const_cast<char *>(form.constData()), static_cast<size_t>(form.size())); // NOLINT
    form.clear();
}

} // namespace

class StripeGateway::Line : public QObject
{
public:
    using Done = std::function<void(int status, const QByteArray &body)>;

    struct Call
    {
        stripe::Call call;
        Done done;
    };

    explicit Line(const Options &options)
        : m_options(options)
    {
    }

    void send(stripe::Call call, Done done)
    {
        QMetaObject::invokeMethod(this, [this, call = std::move(call), done = std::move(done)] {
            m_waiting.push_back({ call, done });
            sendWaiting();
        });
    }

    void close()
    {
        m_closing = true;
        for (Client &client : m_clients)
            client.manager.reset(); // ends its replies, whose answers are given up below
        m_clients.clear();
        const auto underWay = std::exchange(m_underWay, {});
        for (const Done &done : underWay)
            done(0, {});
        for (const Call &call : std::exchange(m_waiting, {}))
            call.done(0, {});
    }

private:
    struct Client
    {
        std::unique_ptr<QNetworkAccessManager> manager;
        int underWay = 0;
    };

    void sendWaiting()
    {
        while (!m_closing && !m_waiting.empty() && m_underWay.size() < m_options.concurrency) {
            Call call = std::move(m_waiting.front());
            m_waiting.pop_front();
            start(std::move(call));
        }
        if (m_closing) {
            for (const Call &call : std::exchange(m_waiting, {}))
                call.done(0, {});
        }
    }

    size_t freeClient()
    {
        const auto free = std::ranges::find_if(m_clients, [](const Client &client) {
            return client.underWay < connectionsPerClient;
        });
        if (free != m_clients.end())
            return static_cast<size_t>(free - m_clients.begin());
        m_clients.push_back({ std::make_unique<QNetworkAccessManager>(), 0 });
        m_clients.back().manager->setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy);
        return m_clients.size() - 1;
    }

    [[nodiscard]] QNetworkRequest request(const stripe::Call &call) const
    {
        QUrl url = m_options.url.resolved(QUrl::fromEncoded(call.target));
        QNetworkRequest request(url);
        const QByteArrayView key = m_options.secretKey.reveal();
        request.setRawHeader("Authorization", QByteArray("Bearer ").append(key));
        request.setRawHeader("Stripe-Version", protocolVersion);
        if (!call.idempotencyKey.isEmpty())
            request.setRawHeader("Idempotency-Key", call.idempotencyKey);
        if (call.method == "POST")
            request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/x-www-form-urlencoded"_s);
        request.setTransferTimeout(static_cast<int>(m_options.timeout.count()));
        request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
        request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
        return request;
    }

    void start(Call call)
    {
        const size_t index = freeClient();
        Client &client = m_clients[index];
        ++client.underWay;
        const quint64 number = ++m_lastNumber;
        m_underWay.insert(number, std::move(call.done));
        QNetworkReply *reply = call.call.method == "POST"
            ? client.manager->post(request(call.call), call.call.form)
            : client.manager->get(request(call.call));
        reply->setReadBufferSize(largestAnswer);
        connect(
            reply,
            &QNetworkReply::finished,
            this,
            [this, reply, index, number, form = std::move(call.call.form)]() mutable {
                wipe(form);
                reply->deleteLater();
                if (m_closing)
                    return;
                --m_clients[index].underWay;
                const Done done = m_underWay.take(number);
                const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
                // A status whose body broke off is no answer.
                const bool isWhole = reply->error() == QNetworkReply::NoError || status >= 300;
                done(isWhole ? status : 0, isWhole ? reply->readAll() : QByteArray());
                sendWaiting();
            }
        );
    }

    const Options &m_options;
    std::vector<Client> m_clients;
    std::deque<Call> m_waiting;
    QHash<quint64, Done> m_underWay;
    quint64 m_lastNumber = 0;
    bool m_closing = false;
};

StripeGateway::StripeGateway(const Options &options)
    : m_options(options)
    , m_line(std::make_unique<Line>(m_options))
{
    m_thread.setObjectName(u"vendor"_s);
    m_line->moveToThread(&m_thread);
    m_thread.start();
}

void StripeGateway::close()
{
    QMetaObject::invokeMethod(m_line.get(), &Line::close, Qt::BlockingQueuedConnection);
}

StripeGateway::~StripeGateway()
{
    close();
    m_thread.quit();
    m_thread.wait();
}

void StripeGateway::ask(VendorQuestion question, Answered answered)
{
    stripe::Call call = stripe::toCall(question);
    // The answer needs to know what was asked, but not the card's number.
    if (auto *method = std::get_if<NewVendorMethod>(&question))
        method->number = {};
    m_line->send(
        std::move(call),
        [question = std::move(question), answered = std::move(answered)](int status, const QByteArray &body) {
            answered(stripe::toAnswer(question, status, body));
        }
    );
}

void StripeGateway::list(VendorList what, Instant from, Instant until, const QString &after, Listed listed)
{
    m_line->send(
        stripe::listCall(what, from, until, after),
        [listed = std::move(listed)](int status, const QByteArray &body) {
            listed(stripe::toPage(status, body));
        }
    );
}
