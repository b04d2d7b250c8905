-- +goose NO TRANSACTION
-- +goose Up
-- Everybody knows every colleague's name; e-mail and phone are for those who reach them.
UPDATE role_permissions SET scope = IF(role_id = 'rep', 'own', 'team')
WHERE role_id IN ('rep', 'manager') AND resource = 'member' AND action = 'read' AND scope = 'all';
