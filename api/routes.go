package api

import "github.com/danielgtaylor/huma/v2"

// openAPITags are the chapters of the documentation, in reading order.
var openAPITags = []*huma.Tag{
	{Name: "Account", Description: "Sign up, sign in, sessions and who I am."},
	{Name: "Home", Description: "The figures of one's day."},
	{Name: "Company", Description: "The company itself and how it works."},
	{Name: "Customers", Description: "The customer file, its tags and its lifecycle."},
	{Name: "Contacts", Description: "People at customers, and others: 联系人."},
	{Name: "Interactions", Description: "Calls, e-mails, chats, meetings and notes: 沟通记录."},
	{Name: "Attachments", Description: "Files at customers, interactions, tasks and other records: 附件."},
	{Name: "Tasks", Description: "What has to be done, when, by whom, with reminders."},
	{Name: "Deals", Description: "What customers may buy: 商机, through the stages of a pipeline to a win or a loss."},
	{Name: "Comments", Description: "What colleagues say to each other about a record."},
	{Name: "Calendar", Description: "What takes place, once or again and again, with invitations: 日程."},
	{Name: "Jobs", Description: "Changes of very many records, with progress."},
	{Name: "Search", Description: "All kinds of record at once."},
	{Name: "Trash", Description: "Deleted records, for 30 days."},
	{Name: "Personal data", Description: "What is held about one person, to be handed over or erased."},
	{Name: "Tags", Description: "Labels for customers."},
	{Name: "Saved views", Description: "Lists kept under a name, for oneself or for all."},
	{Name: "Pipelines", Description: "The ways that deals go, their stages, and why deals are lost."},
	{Name: "Products", Description: "What the company sells, with prices by currency."},
	{Name: "Exchange rates", Description: "What other currencies are worth in the company's, by day."},
	{Name: "Custom fields", Description: "Fields that a company adds to its records by itself: 自定义字段."},
	{Name: "Rules", Description: "What happens by itself: reminders of silent customers, surveys after a win, and the company's own rules."},
	{Name: "Notifications", Description: "What the product tells its people."},
	{Name: "Forms", Description: "Pages on which visitors become customers, on their own and in frames: 表单."},
	{Name: "Imports", Description: "Spreadsheets into customers, and back out."},
	{Name: "Reports", Description: "Figures under the reader's scope."},
	{Name: "Targets", Description: "What members and teams are to reach in a month."},
	{Name: "Members", Description: "People of the company, invitations, roles, teams and the reporting tree."},
	{Name: "API keys", Description: "Access for programs."},
	{Name: "Changes", Description: "What has changed: in order, for programs that keep a copy, and by whom, for those who audit."},
	{Name: "Webhooks", Description: "Signed events to your systems, with a delivery log."},
	{Name: "Plugins", Description: "Bots in DingTalk 钉钉 and Feishu 飞书."},
	{Name: "Feedback", Description: "What people say about the product."},
	{Name: "Billing", Description: "Plans, checkout and subscription."},
}

// register is the index of the whole API.
func (s *Server) register() {
	v1 := func(tag string) *routes { return &routes{server: s, prefix: "/v1", tag: tag} }
	s.signupRoutes(v1("Account"))
	s.authRoutes(v1("Account"))
	s.totpRoutes(v1("Account"))
	s.meRoutes(v1("Account"))
	s.sessionRoutes(v1("Account"))
	s.homeRoutes(v1("Home"))
	s.companyRoutes(v1("Company"))
	s.mailServerRoutes(v1("Company"))
	s.customerRoutes(v1("Customers"))
	s.collaboratorRoutes(v1("Customers"))
	s.duplicateRoutes(v1("Customers"))
	s.mergeRoutes(v1("Customers"))
	s.timelineRoutes(v1("Customers"))
	s.contactRoutes(v1("Contacts"))
	s.interactionRoutes(v1("Interactions"))
	s.attachmentRoutes(v1("Attachments"))
	s.taskRoutes(v1("Tasks"))
	s.dealRoutes(v1("Deals"))
	s.dealItemRoutes(v1("Deals"))
	s.commentRoutes(v1("Comments"))
	s.calendarEventRoutes(v1("Calendar"))
	s.trashRoutes(v1("Trash"))
	s.personalDataRoutes(v1("Personal data"))
	s.poolRoutes(v1("Customers"))
	s.searchRoutes(v1("Search"))
	s.jobRoutes(v1("Jobs"))
	s.tagRoutes(v1("Tags"))
	s.savedViewRoutes(v1("Saved views"))
	s.pipelineRoutes(v1("Pipelines"))
	s.lostReasonRoutes(v1("Pipelines"))
	s.productRoutes(v1("Products"))
	s.exchangeRateRoutes(v1("Exchange rates"))
	s.customFieldRoutes(v1("Custom fields"))
	s.ruleRoutes(v1("Rules"))
	s.notificationRoutes(v1("Notifications"))
	s.notificationPreferenceRoutes(v1("Notifications"))
	s.formRoutes(v1("Forms"))
	s.formPageRoutes(&routes{server: s, prefix: "/f", tag: "Forms"})
	s.importRoutes(v1("Imports"))
	s.importMappingRoutes(v1("Imports"))
	s.exportRoutes(v1("Imports"))
	s.reportRoutes(v1("Reports"))
	s.targetRoutes(v1("Targets"))
	s.memberRoutes(v1("Members"))
	s.memberAccountRoutes(v1("Members"))
	s.roleRoutes(v1("Members"))
	s.teamRoutes(v1("Members"))
	s.invitationRoutes(v1("Members"))
	s.apiKeyRoutes(v1("API keys"))
	s.webhookEndpointRoutes(v1("Webhooks"))
	s.deliveryRoutes(v1("Webhooks"))
	s.changeRoutes(v1("Changes"))
	s.auditRoutes(v1("Changes"))
	s.pluginRoutes(v1("Plugins"))
	s.feedbackRoutes(v1("Feedback"))
	s.billingRoutes(v1("Billing"))
	s.stripeWebhookRoutes(&routes{server: s, prefix: "/hooks", tag: "Billing"})
}
