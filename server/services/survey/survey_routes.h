#pragma once

class Routes;
class SurveyService;

void addSurveyRoutes(Routes &routes, const SurveyService &surveys);
