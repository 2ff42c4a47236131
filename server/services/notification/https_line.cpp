#include "server/services/notification/https_line.h"

#include <array>
#include <cstring>
#include <curl/curl.h>

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype largestAnswer = 1 << 20;

} // namespace

struct HttpsLine::Handle
{
    Handle()
    {
        static const CURLcode prepared = curl_global_init(CURL_GLOBAL_DEFAULT);
        Q_ASSERT(prepared == CURLE_OK);
        Q_UNUSED(prepared)
        curl = curl_easy_init();
    }
    ~Handle() { curl_easy_cleanup(curl); }
    Handle(const Handle &) = delete;
    Handle &operator=(const Handle &) = delete;

    CURL *curl = nullptr;
};

// What is said and heard in one request.
struct HttpsLine::Talk
{
    static size_t handOver(char *out, size_t size, size_t count, void *context)
    {
        auto &talk = *static_cast<Talk *>(context);
        const auto room = static_cast<qsizetype>(size * count);
        const qsizetype length = std::min(room, talk.form.size() - talk.at);
        std::memcpy(out, talk.form.constData() + talk.at, static_cast<size_t>(length));
        talk.at += length;
        return static_cast<size_t>(length);
    }

    static size_t take(char *data, size_t size, size_t count, void *context)
    {
        auto &talk = *static_cast<Talk *>(context);
        const auto length = static_cast<qsizetype>(size * count);
        if (talk.body.size() + length > largestAnswer)
            return 0;
        talk.body.append(data, length);
        return static_cast<size_t>(length);
    }

    QByteArray form;
    qsizetype at = 0; // so much of it was handed over
    QByteArray body;
    std::array<char, CURL_ERROR_SIZE> said {};
};

HttpsLine::HttpsLine(const Options &options)
    : m_options(options)
    , m_handle(std::make_unique<Handle>())
{
}

HttpsLine::~HttpsLine() = default;

HttpsLine::Answer HttpsLine::post(const QUrl &url, const Login &login, const QByteArray &form)
{
    Talk talk;
    talk.form = form;
    prepare(url, login, talk);
    CURL *curl = m_handle->curl;
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(form.size()));
    // libcurl repeats a request when a kept connection breaks off without an answer. It cannot read this one
    // again, and gives up instead.
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, &Talk::handOver);
    curl_easy_setopt(curl, CURLOPT_READDATA, &talk);
    return perform(talk);
}

HttpsLine::Answer HttpsLine::get(const QUrl &url, const Login &login)
{
    Talk talk;
    prepare(url, login, talk);
    return perform(talk);
}

void HttpsLine::prepare(const QUrl &url, const Login &login, Talk &talk) const
{
    CURL *curl = m_handle->curl;
    const auto set = [curl](CURLoption option, const QByteArray &text) {
        curl_easy_setopt(curl, option, text.constData()); // which it copies
    };
    curl_easy_reset(curl); // keeps the connection
    set(CURLOPT_URL, url.toEncoded());
    set(CURLOPT_PROTOCOLS_STR, url.scheme() == "http"_L1 ? "http" : "https");
    set(CURLOPT_PROXY, ""); // whatever the environment says
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!m_options.authorities.isEmpty())
        set(CURLOPT_CAINFO, m_options.authorities.toLocal8Bit());
    if (!login.user.isEmpty()) {
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
        set(CURLOPT_USERNAME, login.user.toUtf8());
        set(CURLOPT_PASSWORD, login.password.reveal().toByteArray());
    }
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(m_options.timeout.count()));
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Talk::take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &talk);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, talk.said.data());
}

HttpsLine::Answer HttpsLine::perform(Talk &talk)
{
    CURL *curl = m_handle->curl;
    const CURLcode code = curl_easy_perform(curl);
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, nullptr); // talk ends
    curl_easy_setopt(curl, CURLOPT_READDATA, nullptr);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, nullptr);
    if (code == CURLE_OK)
        return { static_cast<int>(status), talk.body, true, {} };
    Answer answer;
    // A vendor that has not been given all of it cannot have taken it.
    answer.mayHaveArrived = !talk.form.isEmpty() && talk.at == talk.form.size();
    answer.trouble = QString::fromUtf8(talk.said.data());
    if (answer.trouble.isEmpty())
        answer.trouble = QString::fromUtf8(curl_easy_strerror(code));
    return answer;
}
