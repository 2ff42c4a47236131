#include "tests/doubles/message_vendor/sms_desk.h"

#include "server/http/http_server.h"
#include "server/http/metrics.h"
#include "server/http/router.h"
#include "server/services/notification/twilio_words.h"
#include "server/services/notification/vonage_words.h"
#include "shared/core/id.h"

#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QTimer>

#include <deque>
#include <mutex>
#include <random>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr size_t mostKept = 10'000;
constexpr qsizetype mostHung = 1000;
constexpr int unreachable = 30003; // https://www.twilio.com/docs/api/errors/30003

struct Refusal
{
    int status = 400;
    int code = 0;
    QString message;
};

std::optional<Refusal> refusalOf(const QString &to)
{
    static const QHash<QString, Refusal> refusals {
        { u"+15005550001"_s, { 400, 21211, u"The 'To' number %1 is not a valid phone number."_s } },
        { u"+15005550002"_s, { 400, 21612, u"The 'To' number %1 cannot be routed to."_s } },
        { u"+15005550003"_s, { 400, 21408, u"Permission to send to the region of %1 is not enabled."_s } },
        { u"+15005550004"_s, { 400, 21610, u"Attempt to send to unsubscribed recipient %1."_s } },
        { u"+15005550009"_s, { 400, 21614, u"The 'To' number %1 is not a mobile number."_s } },
    };
    const auto found = refusals.find(to);
    if (found == refusals.end())
        return {};
    return Refusal { found->status, found->code, found->message.arg(to) };
}

Response refuse(const Refusal &refusal)
{
    return Response::json(
        json::toText(QJsonObject {
            { u"code"_s, refusal.code },
            { u"message"_s, refusal.message },
            { u"more_info"_s, u"https://www.twilio.com/docs/errors/%1"_s.arg(refusal.code) },
            { u"status"_s, refusal.status } }),
        refusal.status
    );
}

QJsonObject toJson(const SmsDesk::Received &message, const QString &account)
{
    const QString made = QDateTime::fromSecsSinceEpoch(message.at, Qt::UTC).toString(Qt::RFC2822Date);
    return { { u"sid"_s, message.sid },
             { u"account_sid"_s, account },
             { u"to"_s, message.to },
             { u"from"_s, message.from },
             { u"body"_s, message.text },
             { u"status"_s, message.status },
             { u"direction"_s, u"outbound-api"_s },
             { u"date_created"_s, made },
             { u"error_code"_s, QJsonValue() },
             { u"api_version"_s, u"2010-04-01"_s } };
}

} // namespace

class SmsDesk::Door : public QObject
{
public:
    explicit Door(const Options &options)
        : m_options(options)
    {
    }

    void behave(const SmsBehaviour &behaviour)
    {
        const std::lock_guard lock(m_mutex);
        m_behaviour = behaviour;
    }

    [[nodiscard]] SmsBehaviour behaviour() const
    {
        const std::lock_guard lock(m_mutex);
        return m_behaviour;
    }

    [[nodiscard]] QList<Received> received() const
    {
        const std::lock_guard lock(m_mutex);
        return { m_received.begin(), m_received.end() };
    }

    [[nodiscard]] int taken() const { return m_taken; }
    [[nodiscard]] int requests() const { return m_requests; }

    // The rest is of the desk's thread.

    void takeMessage(const RequestPtr &request, const Responder &respond)
    {
        ++m_requests;
        if (const auto turnedAway = turnAway(*request))
            return respond(*turnedAway);
        if (behaviour().outage == SmsOutage::silent)
            return hang(respond);
        const auto fields = fromForm(request->body);
        if (!fields)
            return respond(refuse({ 400, 21620, u"This is no form."_s }));
        Received message;
        message.sid = "SM"_L1 + makeUuid7().toString(QUuid::Id128);
        message.to = fieldOf(*fields, u"To");
        message.from = fieldOf(*fields, u"From") + fieldOf(*fields, u"MessagingServiceSid");
        message.text = fieldOf(*fields, u"Body");
        message.status = u"queued"_s;
        message.receipts = fieldOf(*fields, u"StatusCallback");
        message.at = QDateTime::currentSecsSinceEpoch();
        if (message.to.isEmpty())
            return respond(refuse({ 400, 21604, u"A 'To' phone number is required."_s }));
        if (message.from.isEmpty())
            return respond(refuse({ 400, 21603, u"A 'From' phone number is required."_s }));
        if (message.text.isEmpty())
            return respond(refuse({ 400, 21602, u"Message body is required."_s }));
        if (message.text.size() > 1600)
            return respond(refuse({ 400, 21617, u"The message body exceeds 1600 characters."_s }));
        if (const auto refusal = refusalOf(message.to))
            return respond(refuse(*refusal));
        keep(message);
        tell(message);
        if (isToHang())
            return hang(respond);
        const Response answer = Response::json(json::toText(toJson(message, m_options.account)), 201);
        QTimer::singleShot(behaviour().latencyMs, this, [respond, answer] { respond(answer); });
    }

    // https://rest.nexmo.com/sms/json
    void takeVonageMessage(const RequestPtr &request, const Responder &respond)
    {
        ++m_requests;
        const FormFields fields = fromForm(request->body).value_or(FormFields());
        const auto answer = [](const QString &status, const QString &key, const QString &value) {
            const QJsonObject part { { u"status"_s, status }, { key, value } };
            return Response::json(json::toText(QJsonObject { { u"message-count"_s, u"1"_s },
                                                             { u"messages"_s, QJsonArray { part } } }));
        };
        const SmsOutage outage = behaviour().outage;
        if (outage == SmsOutage::silent)
            return hang(respond);
        if (outage == SmsOutage::breaks || outage == SmsOutage::refuses)
            return respond(Response::html("<h1>No</h1>", outage == SmsOutage::breaks ? 500 : 503));
        if (outage == SmsOutage::limits)
            return respond(answer(u"1"_s, u"error-text"_s, u"Throughput Rate Exceeded"_s));
        if (fieldOf(fields, u"api_key") != m_options.account
            || fieldOf(fields, u"api_secret").toUtf8() != m_options.token.reveal())
            return respond(answer(u"4"_s, u"error-text"_s, u"Invalid credentials"_s));
        Received message;
        message.sid = makeUuid7().toString(QUuid::WithoutBraces);
        message.to = u'+' + fieldOf(fields, u"to");
        message.from = fieldOf(fields, u"from");
        message.text = fieldOf(fields, u"text");
        message.status = u"accepted"_s;
        message.receipts = fieldOf(fields, u"callback");
        message.reference = fieldOf(fields, u"client-ref");
        message.at = QDateTime::currentSecsSinceEpoch();
        if (message.to.size() < 8 || message.from.isEmpty() || message.text.isEmpty())
            return respond(answer(u"2"_s, u"error-text"_s, u"Missing params"_s));
        if (refusalOf(message.to))
            return respond(answer(u"7"_s, u"error-text"_s, u"Number barred"_s));
        keep(message);
        tell(message);
        if (isToHang())
            return hang(respond);
        QTimer::singleShot(
            behaviour().latencyMs,
            this,
            [respond, taken = answer(u"0"_s, u"message-id"_s, message.sid)] { respond(taken); }
        );
    }

    void list(const RequestPtr &request, const Responder &respond)
    {
        if (const auto turnedAway = turnAway(*request))
            return respond(*turnedAway);
        if (behaviour().outage == SmsOutage::silent)
            return hang(respond);
        const QString to = request->query.value(u"To"_s);
        const int size = std::clamp(request->query.value(u"PageSize"_s, u"50"_s).toInt(), 1, 1000);
        QJsonArray messages;
        if (!behaviour().forgets) {
            const std::lock_guard lock(m_mutex);
            for (auto each = m_received.crbegin(); each != m_received.crend() && messages.size() < size;
                 ++each) {
                if (to.isEmpty() || each->to == to)
                    messages.append(toJson(*each, m_options.account));
            }
        }
        respond(Response::json(json::toText(QJsonObject { { u"messages"_s, messages },
                                                          { u"page_size"_s, size } })));
    }

private:
    std::optional<Response> turnAway(const Request &request) const
    {
        const QByteArray login = m_options.account.toUtf8() + ':' + m_options.token.reveal().toByteArray();
        if (request.headers.value("authorization") != "Basic " + login.toBase64())
            return refuse({ 401, 20003, u"Authenticate"_s });
        if (request.pathValues.value(u"account"_s) != m_options.account)
            return refuse({ 404, 20404, u"The requested resource was not found"_s });
        switch (behaviour().outage) {
        case SmsOutage::refuses:
            return refuse({ 503, 20503, u"Service unavailable"_s });
        case SmsOutage::breaks:
            return Response::html("<h1>500</h1>", 500);
        case SmsOutage::limits:
            return refuse({ 429, 20429, u"Too Many Requests"_s });
        case SmsOutage::none:
        case SmsOutage::silent:
            break;
        }
        return {};
    }

    bool isToHang()
    {
        const std::lock_guard lock(m_mutex);
        if (m_behaviour.hangs == 0)
            return false;
        --m_behaviour.hangs;
        return true;
    }

    void hang(const Responder &respond)
    {
        m_hung.append(respond);
        if (m_hung.size() > mostHung)
            m_hung.removeFirst();
    }

    void keep(const Received &message)
    {
        ++m_taken;
        const std::lock_guard lock(m_mutex);
        m_received.push_back(message);
        if (m_received.size() > mostKept)
            m_received.pop_front();
    }

    void mark(const QString &sid, const QString &status)
    {
        const std::lock_guard lock(m_mutex);
        const auto found = std::find_if(m_received.rbegin(), m_received.rend(), [&](const Received &each) {
            return each.sid == sid;
        });
        if (found != m_received.rend())
            found->status = status;
    }

    void tell(const Received &message)
    {
        const bool arrives = message.to != u"+15005550011"_s;
        QStringList statuses { u"sent"_s, arrives ? u"delivered"_s : u"undelivered"_s };
        mark(message.sid, statuses.last());
        if (message.receipts.isEmpty())
            return;
        const SmsBehaviour behaves = behaviour();
        if (behaves.receiptsBackwards)
            std::ranges::reverse(statuses);
        int delay = behaves.receiptDelayMs;
        for (const QString &status : statuses) {
            for (int copy = 0; copy < behaves.receiptCopies; ++copy) {
                std::uniform_int_distribution<int> jitter(0, behaves.receiptJitterMs);
                QTimer::singleShot(delay + jitter(m_chance), this, [this, message, status] {
                    post(message, status);
                });
            }
            delay += 1;
        }
    }

    void post(const Received &message, const QString &status)
    {
        if (!message.reference.isEmpty())
            return postVonageReceipt(message, status);
        FormFields fields { { u"MessageSid"_s, message.sid },
                            { u"SmsSid"_s, message.sid },
                            { u"MessageStatus"_s, status },
                            { u"SmsStatus"_s, status },
                            { u"To"_s, message.to },
                            { u"From"_s, message.from },
                            { u"ApiVersion"_s, u"2010-04-01"_s },
                            { u"AccountSid"_s, m_options.account } };
        if (status == "undelivered"_L1)
            fields.append({ u"ErrorCode"_s, QString::number(unreachable) });
        send(message, fields, twilio::signatureOf(message.receipts.toLatin1(), fields, m_options.token));
    }

    void postVonageReceipt(const Received &message, const QString &status)
    {
        const QString said = status == "sent"_L1 ? u"accepted"_s
            : status == "undelivered"_L1         ? u"failed"_s
                                                 : status;
        FormFields fields { { u"api-key"_s, m_options.account },
                            { u"messageId"_s, message.sid },
                            { u"client-ref"_s, message.reference },
                            { u"msisdn"_s, message.to.mid(1) },
                            { u"to"_s, message.from },
                            { u"status"_s, said },
                            { u"err-code"_s, said == "failed"_L1 ? u"6"_s : u"0"_s },
                            { u"timestamp"_s, QString::number(QDateTime::currentSecsSinceEpoch()) } };
        fields.append({ u"sig"_s, QString::fromLatin1(vonage::signatureOf(fields, m_options.token)) });
        send(message, fields, {});
    }

    void send(const Received &message, const FormFields &fields, const QByteArray &signature)
    {
        QNetworkRequest request(QUrl::fromEncoded(message.receipts.toLatin1()));
        request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/x-www-form-urlencoded"_s);
        if (!signature.isEmpty())
            request.setRawHeader("X-Twilio-Signature", signature);
        request.setTransferTimeout(10'000);
        QNetworkReply *reply = m_network.post(request, toForm(fields));
        connect(reply, &QNetworkReply::finished, reply, &QObject::deleteLater);
    }

    const Options m_options;
    mutable std::mutex m_mutex;
    SmsBehaviour m_behaviour;
    std::deque<Received> m_received;
    std::atomic<int> m_taken = 0;
    std::atomic<int> m_requests = 0;
    QList<Responder> m_hung;
    QNetworkAccessManager m_network { this };
    std::minstd_rand m_chance { 2026 };
};

struct SmsDesk::House
{
    Router router;
    Metrics metrics;
    std::unique_ptr<HttpServer> server;
};

SmsDesk::SmsDesk(const Options &options)
    : m_options(options)
    , m_door(std::make_unique<Door>(options))
    , m_house(std::make_unique<House>())
{
    addRoutes();
    m_door->moveToThread(&m_thread);
    m_thread.start();
}

SmsDesk::~SmsDesk()
{
    m_house->server.reset();
    // What lives on the thread ends there.
    QMetaObject::invokeMethod(
        m_door.get(), [this] { m_door.reset(); }, Qt::BlockingQueuedConnection
    );
    m_thread.quit();
    m_thread.wait();
}

void SmsDesk::addRoutes()
{
    const auto onThread = [this](auto work) {
        return [this, work](const RequestPtr &request, const Responder &respond) {
            QMetaObject::invokeMethod(m_door.get(), [this, work, request, respond] {
                (m_door.get()->*work)(request, respond);
            });
        };
    };
    const QString messages = u"/2010-04-01/Accounts/{account}/Messages.json"_s;
    m_house->router.add({ api::Method::post, messages, onThread(&Door::takeMessage), {}, {}, {} });
    m_house->router.add({ api::Method::get, messages, onThread(&Door::list), {}, {}, {} });
    m_house->router.add({ api::Method::post, u"/sms/json"_s, onThread(&Door::takeVonageMessage), {}, {}, {} }
    );
    m_house->router.get(u"/control/messages"_s, [this](const Request &) {
        QJsonArray items;
        for (const Received &each : m_door->received())
            items.append(QJsonObject {
                { u"to"_s, each.to }, { u"text"_s, each.text }, { u"status"_s, each.status } });
        return Response::json(json::toText(QJsonObject { { u"items"_s, items } }));
    });
    Router::Route behaviour;
    behaviour.method = api::Method::patch;
    behaviour.path = u"/control/behaviour"_s;
    behaviour.handler = [this](const RequestPtr &request, const Responder &respond) {
        QJsonObject wanted = json::encode(m_door->behaviour()).toObject();
        const QJsonObject changes = QJsonDocument::fromJson(request->body).object();
        for (auto change = changes.begin(); change != changes.end(); ++change)
            wanted.insert(change.key(), change.value());
        const auto behaves = json::fromJson<SmsBehaviour>(wanted);
        if (!behaves)
            return respond(Response::text(behaves.error().detail.toUtf8() + '\n', 422));
        m_door->behave(*behaves);
        respond(Response::json(json::write(*behaves)));
    };
    m_house->router.add(std::move(behaviour));
}

Router &SmsDesk::router()
{
    return m_house->router;
}

Result<void> SmsDesk::listen(quint16 port)
{
    HttpServer::Options options;
    options.port = port;
    options.certificateFile = m_options.certificate;
    options.keyFile = m_options.key;
    options.limits.connectionsPerAddress = 4096;
    options.limits.handlerTimeout = 10min; // who hangs, hangs
    m_house->server = std::make_unique<HttpServer>(options, m_house->router, m_house->metrics);
    TRY(m_house->server->listen());
    m_port = m_house->server->port();
    return {};
}

void SmsDesk::close()
{
    m_house->server.reset();
}

QUrl SmsDesk::url() const
{
    return QUrl(
        u"%1://127.0.0.1:%2"_s.arg(m_options.certificate.isEmpty() ? u"http"_s : u"https"_s).arg(m_port)
    );
}

void SmsDesk::behave(const SmsBehaviour &behaviour)
{
    m_door->behave(behaviour);
}

QList<SmsDesk::Received> SmsDesk::received() const
{
    return m_door->received();
}

int SmsDesk::taken() const
{
    return m_door->taken();
}

int SmsDesk::requests() const
{
    return m_door->requests();
}
