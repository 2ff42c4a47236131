#pragma once

class KnowledgeService;
class Routes;

void addKnowledgeRoutes(Routes &routes, const KnowledgeService &knowledge);
