package api

import (
	"slices"

	"github.com/guanxi-crm/guanxi/plugins"
)

// eventTypes are all events that a webhook or a bot can take, in alphabetical order. The packages that emit
// them do not know each other, so the list is joined here.
var eventTypes = sorted(plugins.OwnEventTypes(), []string{
	"customer.created", "customer.updated", "customer.deleted", "customer.lifecycle_changed",
	"customer.silent", "customer.silent_escalated", "customer.shared", "customer.share_changed", "customer.unshared",
	"customer.claimed", "customer.returned", "customer.merged", "customer.restored", "customer.purged", "customer.erased", "customer.duplicates_dismissed", "customer.duplicates_restored",
	"company.updated", "company.settings_changed", "company.mail_server_changed", "company.mail_server_failing",
	"contact.created", "contact.updated", "contact.deleted", "contact.restored", "contact.purged", "contact.erased",
	"interaction.created", "interaction.updated", "interaction.deleted", "interaction.assigned", "interaction.resolved", "interaction.purged",
	"attachment.created", "attachment.deleted", "attachment.restored",
	"calendar_event.created", "calendar_event.updated", "calendar_event.deleted", "calendar_event.restored", "calendar_event.purged",
	"calendar_event.due", "calendar_event.responded",
	"task.created", "task.updated", "task.completed", "task.deleted", "task.restored", "task.purged", "task.due",
	"job.created", "job.finished",
	"comment.created", "comment.updated", "comment.deleted",
	"saved_view.created", "saved_view.updated", "saved_view.deleted",
	"deal.created", "deal.updated", "deal.deleted", "deal.restored", "deal.purged", "deal.stage_changed", "deal.won", "deal.lost", "deal.reopened",
	"target.created", "target.updated", "target.deleted",
	"pipeline.created", "pipeline.updated", "pipeline.deleted", "lost_reason.created", "lost_reason.updated", "lost_reason.deleted",
	"product.created", "product.updated", "product.deleted",
	"exchange_rate.created", "exchange_rate.updated", "exchange_rate.deleted", "exchange_rate.imported",
	"custom_field.created", "custom_field.updated", "custom_field.deleted", "tag.created", "tag.deleted",
	"rule.created", "rule.updated", "rule.deleted", "rule.paused", "rule.failing", "rule.notice", "import.finished", "import.undone",
	"import_mapping.created", "import_mapping.updated", "import_mapping.deleted",
	"member.created", "member.updated", "member.deactivated", "member.reactivated",
	"member.signed_in", "member.sign_in_refused", "member.sign_in_locked", "member.password_changed", "member.password_reset_link_made",
	"member.totp_enabled", "member.totp_disabled", "member.recovery_codes_renewed",
	"form.created", "form.updated", "form.deleted", "form.submitted",
	"role.created", "role.updated", "role.deleted",
	"team.created", "team.updated", "team.deleted",
	"invitation.created", "invitation.updated", "invitation.resent", "invitation.accepted", "invitation.revoked",
	"api_key.created", "api_key.revoked",
})

func sorted(lists ...[]string) []string {
	joined := slices.Concat(lists...)
	slices.Sort(joined)
	return joined
}

// pluginRules is what package plugins has to know of the rest of the product.
func (s *Server) pluginRules() plugins.Rules {
	return plugins.Rules{Known: eventTypes, Guard: s.outward(), Connectors: s.cfg.Connectors}
}
