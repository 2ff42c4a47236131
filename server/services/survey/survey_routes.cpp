#include "server/services/survey/survey_routes.h"

#include "server/http/routes.h"
#include "server/services/survey/survey_service.h"

void addSurveyRoutes(Routes &routes, const SurveyService &surveys)
{
    using namespace api::survey;
    routes.on<OpenLink>([&](Session &session, const Caller &by, const api::SurveyLink &link) {
        return surveys.open(session, by, link.token.toString());
    });
    routes.on<Submit>([&](Session &session, const Caller &by, const api::SurveyAnswers &given) {
        return surveys.submit(session, by, given);
    });
    routes.on<OfTicket>([&](Session &session, const Caller &, const api::TicketRef &ref) {
        return surveys.ofTicket(session, ref.id);
    });
    routes.on<Templates>([&](Session &session, const Caller &) { return surveys.templates(session); });
    routes.on<TemplateVersions>([&](Session &session, const Caller &, const api::SurveyTemplateQuery &query) {
        return surveys.versions(session, query.category);
    });
    routes.on<SaveTemplate>([&](Session &session, const Caller &by, const api::SurveyTemplateDraft &draft) {
        return surveys.save(session, by, draft);
    });
}
