#include "server/services/notification/template_store.h"

#include "server/db/record.h"

namespace template_store {

namespace {

    const Statement currentSql { "notification.currentTemplates", R"sql(
    select distinct on (kind, channel, language) * from notification.template
    order by kind, channel, language, version desc
)sql" };
    const Statement versionsSql { "notification.templateVersions", R"sql(
    select * from notification.template where kind = $1 and channel = $2 and language = $3
    order by version desc limit $4
)sql" };
    const RecordInsert<TemplateVersion> insertVersion { "notification.addTemplate",
                                                        "notification.template",
                                                        "on conflict do nothing" };

} // namespace

Result<QList<TemplateVersion>> current(Session &session)
{
    return session.many<TemplateVersion>(currentSql);
}

Result<QList<TemplateVersion>> versions(Session &session, const api::MessageTemplateQuery &which)
{
    constexpr int most = 200;
    return session.many<TemplateVersion>(versionsSql, which.kind, which.channel, which.language, most);
}

Result<TemplateVersion> newest(Session &session, const api::MessageTemplateQuery &which)
{
    return session.one<TemplateVersion>(versionsSql, which.kind, which.channel, which.language, 1);
}

Result<bool> add(Session &session, const TemplateVersion &version)
{
    return TRY(insertVersion.run(session, { version })) == 1;
}

} // namespace template_store
