package api

import (
	"context"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) personalDataRoutes(r *routes) {
	register(r, get("/contacts/{id}/personal-data", "Get all data about a contact", describe(personalDataDoc)), rbac.PersonalData.Read, billing.Free, s.contactData)
	register(r, post("/contacts/{id}/erase", "Erase a contact", answers(200), describe(eraseDoc)), rbac.PersonalData.Delete, billing.Free, s.eraseContact)
	register(r, get("/customers/{id}/personal-data", "Get all data about a customer", describe(personalDataDoc)), rbac.PersonalData.Read, billing.Free, s.customerData)
	register(r, post("/customers/{id}/erase", "Erase a customer", answers(200), describe(eraseDoc)), rbac.PersonalData.Delete, billing.Free, s.eraseCustomer)
}

const personalDataDoc = "What the company holds about a person, for them to have (PIPL article 45, GDPR articles 15 and 20). Every download is logged."

const eraseDoc = "Removes a person for good, in the trash or not (PIPL article 47, GDPR article 17): the record with all that deleting it for good takes along, " +
	"and what the change log, imports, notifications, participants and guests say of them. The answer names records whose free texts still mention them. " +
	"Backups are not changed, and files of imports go 30 days after they were uploaded. There is no way back."

type (
	personalDataOutput struct{ Body crm.PersonalData }
	eraseOutput        struct{ Body crm.Erasure }
)

func (s *Server) contactData(ctx context.Context, in *ContactPath) (*personalDataOutput, error) {
	return s.personalData(ctx, crm.RecordRef{Noun: "contact", ID: tenant.RecordID(in.ID)})
}

func (s *Server) customerData(ctx context.Context, in *CustomerPath) (*personalDataOutput, error) {
	return s.personalData(ctx, crm.RecordRef{Noun: "customer", ID: tenant.RecordID(in.ID)})
}

func (s *Server) personalData(ctx context.Context, of crm.RecordRef) (*personalDataOutput, error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*personalDataOutput, error) {
		data, err := crm.GetPersonalData(ctx, tx, of)
		return &personalDataOutput{data}, err
	})
}

func (s *Server) eraseContact(ctx context.Context, in *ContactPath) (*eraseOutput, error) {
	return s.erase(ctx, crm.RecordRef{Noun: "contact", ID: tenant.RecordID(in.ID)})
}

func (s *Server) eraseCustomer(ctx context.Context, in *CustomerPath) (*eraseOutput, error) {
	return s.erase(ctx, crm.RecordRef{Noun: "customer", ID: tenant.RecordID(in.ID)})
}

func (s *Server) erase(ctx context.Context, whom crm.RecordRef) (*eraseOutput, error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*eraseOutput, error) {
		erasure, err := crm.Erase(ctx, tx, whom)
		if err != nil {
			return nil, err
		}
		return &eraseOutput{erasure}, plugins.ForgetAnswers(ctx, tx, erasure.Told)
	})
}
