#include "server/portal/portal_routes.h"

#include "server/http/problem_response.h"
#include "server/http/router.h"
#include "server/portal/portal_assets.h"
#include "shared/api/ticket.h"

using namespace Qt::StringLiterals;

namespace {

// Only our own files, no inline script or style, no frames; text cannot become markup or script anywhere,
// because no Trusted Types policy exists that could make it so.
constexpr auto contentSecurityPolicy
    = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; "
      "require-trusted-types-for 'script'; trusted-types 'none'";

constexpr auto keepForever = "public, max-age=31536000, immutable";
constexpr auto askFirst = "no-cache";

// The addresses app/main.js knows a page for. Any other one is a 404, and says so in its status.
constexpr std::array pages { u"/",     u"/register",    u"/sign-in", u"/plans",
                             u"/home", u"/tickets/new", u"/account",
                             u"/survey" };

bool acceptsGzip(const Request &request)
{
    for (const QByteArray &each : request.headers.value("accept-encoding").split(',')) {
        const QByteArray coding = each.trimmed().toLower();
        if (coding == "gzip" || coding == "*")
            return true;
        if (coding.startsWith("gzip;"))
            return !coding.contains("q=0") || coding.contains("q=0.");
    }
    return false;
}

// RFC 9110, section 13.1.2: weak comparison, and * matches whatever is there.
bool hasAlready(const Request &request, const QByteArray &tag)
{
    for (const QByteArray &each : request.headers.value("if-none-match").split(',')) {
        const QByteArray known = each.trimmed();
        if (known == "*" || known == tag || known == "W/" + tag)
            return true;
    }
    return false;
}

Response secured(Response response)
{
    return response.set("Content-Security-Policy", contentSecurityPolicy)
        .set("Cross-Origin-Opener-Policy", "same-origin")
        .set("Cross-Origin-Resource-Policy", "same-origin")
        .set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
        .set("Referrer-Policy", "same-origin")
        .set("X-Content-Type-Options", "nosniff");
}

Response send(const Request &request, const PortalAssets::Asset &asset, const char *caching, int status = 200)
{
    const bool isGzipped = !asset.gzipped.isEmpty() && acceptsGzip(request);
    // Two forms of one file are two representations: each has a tag of its own.
    const QByteArray tag = '"' + asset.etag + (isGzipped ? "-gz\"" : "\"");
    Response response { status, asset.contentType, isGzipped ? asset.gzipped : asset.body, {} };
    if (status == 200 && hasAlready(request, tag))
        response = Response::empty(304);
    else if (isGzipped)
        response.set("Content-Encoding", "gzip");
    return secured(response.set("ETag", tag).set("Vary", "Accept-Encoding").set("Cache-Control", caching));
}

bool isForPeople(const Request &request)
{
    return (request.method == "GET" || request.method == "HEAD")
        && request.headers.value("accept").contains("text/html");
}

} // namespace

void addPortalRoutes(Router &router)
{
    const auto assets = std::make_shared<const PortalAssets>();
    const auto page = [assets](const Request &request) { return send(request, assets->page(), askFirst); };
    const auto missing = [assets](const Request &request) {
        if (isForPeople(request))
            return send(request, assets->page(), askFirst, 404);
        return problemResponse(
            Problem::notFound(u"There is nothing at this address."_s), request.caller.requestId
        );
    };

    for (const char16_t *path : pages)
        router.get(QString::fromUtf16(path), page);
    router.get(u"/tickets/{id}"_s, [page, missing](const Request &request) {
        return api::TicketId::parse(request.pathValues.value(u"id"_s)) ? page(request) : missing(request);
    });
    router.get(QLatin1String(problemsPath) + u"{slug}"_s, [page, missing](const Request &request) {
        return problemSlugs().contains(request.pathValues.value(u"slug"_s)) ? page(request)
                                                                            : missing(request);
    });
    router.get(u"/assets/{version}/{path...}"_s, [assets, missing](const Request &request) {
        const PortalAssets::Asset *asset = assets->find(request.pathValues.value(u"path"_s));
        if (!asset)
            return missing(request);
        // While a new release rolls out, a page of one node may ask another one for its files: it gets what
        // is there, but must not keep it under that name.
        const bool isCurrent = request.pathValues.value(u"version"_s) == assets->version();
        return send(request, *asset, isCurrent ? keepForever : askFirst);
    });
    router.setMissing(missing);
}
