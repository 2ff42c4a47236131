#include "server/services/notification/smtp_vendor.h"

#include <cstring>
#include <curl/curl.h>

using namespace Qt::StringLiterals;

namespace {

// What is left to hand over of a mail.
struct Reading
{
    QByteArray text;
    qsizetype at = 0;
    bool isWhole = false; // all was handed over, and the server may have taken it
};

size_t handOver(char *out, size_t size, size_t count, void *context)
{
    auto &reading = *static_cast<Reading *>(context);
    const auto room = static_cast<qsizetype>(size * count);
    const qsizetype length = std::min(room, reading.text.size() - reading.at);
    std::memcpy(out, reading.text.constData() + reading.at, static_cast<size_t>(length));
    reading.at += length;
    reading.isWhole = reading.at == reading.text.size();
    return static_cast<size_t>(length);
}

struct Freeing
{
    void operator()(curl_slist *list) const { curl_slist_free_all(list); }
};

// The reply codes of RFC 5321, 4.2.1. The server that has not answered to the whole of a mail may have it.
Delivery outcomeOf(CURLcode code, long reply, const Reading &reading, const QString &said)
{
    if (code == CURLE_OK)
        return { DeliveryOutcome::sent, {} };
    const QString detail = said.isEmpty() ? QString::fromUtf8(curl_easy_strerror(code)) : said;
    if (reading.isWhole && (reply < 400 || reply >= 600))
        return { DeliveryOutcome::unknown, detail };
    // Who does not let us in refuses us, not the message.
    if (code == CURLE_LOGIN_DENIED || reply == 421 || reply == 535 || reply < 400)
        return { DeliveryOutcome::away, detail };
    return { reply >= 500 ? DeliveryOutcome::refused : DeliveryOutcome::later, detail };
}

} // namespace

struct SmtpVendor::Line
{
    Line()
    {
        static const CURLcode prepared = curl_global_init(CURL_GLOBAL_DEFAULT);
        Q_ASSERT(prepared == CURLE_OK);
        Q_UNUSED(prepared)
        handle = curl_easy_init();
    }
    ~Line() { curl_easy_cleanup(handle); }
    Line(const Line &) = delete;
    Line &operator=(const Line &) = delete;

    void set(CURLoption option, const QByteArray &text) const
    {
        curl_easy_setopt(handle, option, text.constData()); // which it copies
    }

    CURL *handle = nullptr;
};

SmtpVendor::SmtpVendor(const Options &options)
    : m_options(options)
    , m_line(std::make_unique<Line>())
{
}

SmtpVendor::~SmtpVendor() = default;

QString SmtpVendor::name() const
{
    return u"smtp:"_s + m_options.url.host();
}

Delivery SmtpVendor::deliver(const Mail &mail)
{
    if (!isPlainAddress(mail.address))
        return { DeliveryOutcome::refused, u"This is no address that mail can be sent to."_s };
    CURL *handle = m_line->handle;
    curl_easy_reset(handle); // keeps the connection
    m_line->set(CURLOPT_URL, m_options.url.toEncoded());
    m_line->set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    m_line->set(CURLOPT_PROXY, ""); // whatever the environment says
    curl_easy_setopt(handle, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!m_options.authorities.isEmpty())
        m_line->set(CURLOPT_CAINFO, m_options.authorities.toLocal8Bit());
    if (!m_options.user.isEmpty()) {
        m_line->set(CURLOPT_USERNAME, m_options.user.toUtf8());
        m_line->set(CURLOPT_PASSWORD, m_options.password.reveal().toByteArray());
    }
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(m_options.timeout.count()));

    const std::unique_ptr<curl_slist, Freeing> recipients(
        curl_slist_append(nullptr, ('<' + mail.address.toLatin1() + '>').constData())
    );
    m_line->set(CURLOPT_MAIL_FROM, '<' + envelopeSender(m_options.from, mail.id).toLatin1() + '>');
    curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, recipients.get());
    Reading reading { toMime(mail, m_options.from) };
    curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle, CURLOPT_READFUNCTION, &handOver);
    curl_easy_setopt(handle, CURLOPT_READDATA, &reading);
    std::array<char, CURL_ERROR_SIZE> said {};
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, said.data());

    const CURLcode code = curl_easy_perform(handle);
    long reply = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &reply);
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, nullptr); // said ends here
    return outcomeOf(code, reply, reading, QString::fromUtf8(said.data()));
}
