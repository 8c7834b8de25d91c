-- The tables as they first were. Frozen: a later change is a later migration.

CREATE TABLE desk.change_log (
    id BIGINT DEFAULT 0 NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    who VARCHAR(63) DEFAULT session_user NOT NULL,
    xid BIGINT NOT NULL,
    command VARCHAR(64),
    app VARCHAR(64),
    tbl VARCHAR(63) NOT NULL,
    op VARCHAR(1) NOT NULL,
    key VARCHAR(120),
    before JSONB,
    after JSONB,
    CONSTRAINT pk_change_log PRIMARY KEY (id, at)
)
 PARTITION BY RANGE (at);
CREATE INDEX ix_change_log_tbl_key ON desk.change_log (tbl, key);
CREATE INDEX ix_change_log_xid ON desk.change_log (xid);

CREATE TABLE desk.cities (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR(120) NOT NULL,
    state VARCHAR(2) NOT NULL,
    ibge VARCHAR(7),
    abbreviation VARCHAR(3) DEFAULT '' NOT NULL,
    CONSTRAINT pk_cities PRIMARY KEY (id),
    CONSTRAINT uq_cities_name_state UNIQUE (name, state),
    CONSTRAINT uq_cities_ibge UNIQUE (ibge)
);

CREATE TABLE desk.commands (
    id UUID NOT NULL,
    name VARCHAR(80) NOT NULL,
    who VARCHAR(63) DEFAULT session_user NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_commands PRIMARY KEY (id)
);
CREATE INDEX ix_commands_at ON desk.commands (at);

CREATE TABLE desk.debts (
    topic VARCHAR(40) NOT NULL,
    key VARCHAR(80) NOT NULL,
    wanted BIGINT DEFAULT 1 NOT NULL,
    done BIGINT DEFAULT 0 NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp(),
    attempts INTEGER DEFAULT 0 NOT NULL,
    leased_until TIMESTAMP WITH TIME ZONE,
    leased_by VARCHAR(63),
    lease UUID,
    last_error VARCHAR(40),
    last_detail VARCHAR(300),
    proof JSONB,
    settled_at TIMESTAMP WITH TIME ZONE,
    settled_by VARCHAR(63),
    changed_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    customer_id BIGINT,
    plan_id BIGINT,
    xid BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT pk_debts PRIMARY KEY (topic, key)
);
CREATE INDEX ix_debts_customer_id ON desk.debts (customer_id) WHERE done < wanted;
CREATE INDEX ix_debts_due_at ON desk.debts (due_at) WHERE done < wanted;
CREATE INDEX ix_debts_xid ON desk.debts ((xid::text));

CREATE TABLE desk.deleted_items (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    who VARCHAR(63) DEFAULT session_user NOT NULL,
    source VARCHAR(10) DEFAULT 'DESK' NOT NULL,
    kind VARCHAR(30) NOT NULL,
    value VARCHAR(254) NOT NULL,
    customer_id BIGINT,
    plan_id BIGINT,
    snapshot JSONB DEFAULT '{}' NOT NULL,
    CONSTRAINT pk_deleted_items PRIMARY KEY (id)
);
CREATE INDEX ix_deleted_items_customer_id_at ON desk.deleted_items (customer_id, at);

CREATE TABLE desk.history_entries (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    who VARCHAR(63) DEFAULT session_user NOT NULL,
    xid BIGINT NOT NULL,
    customer_id BIGINT,
    plan_id BIGINT,
    action VARCHAR(60) NOT NULL,
    params JSONB DEFAULT '{}' NOT NULL,
    source VARCHAR(10) DEFAULT 'DESK' NOT NULL,
    CONSTRAINT pk_history_entries PRIMARY KEY (id)
);
CREATE INDEX ix_history_entries_customer_id_at ON desk.history_entries (customer_id, at);
CREATE INDEX ix_history_entries_plan_id_at ON desk.history_entries (plan_id, at);

CREATE TABLE desk.installation (
    one BOOLEAN DEFAULT true NOT NULL,
    company VARCHAR(80) DEFAULT '' NOT NULL,
    zone VARCHAR(40) DEFAULT 'America/Sao_Paulo' NOT NULL,
    settle_by VARCHAR(10) DEFAULT 'desk' NOT NULL,
    wall VARCHAR(64) DEFAULT '' NOT NULL,
    demo BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT pk_installation PRIMARY KEY (one)
);

CREATE TABLE desk.payment_methods (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR(60) NOT NULL,
    prints_booklet BOOLEAN DEFAULT false NOT NULL,
    active BOOLEAN DEFAULT true NOT NULL,
    CONSTRAINT pk_payment_methods PRIMARY KEY (id),
    CONSTRAINT uq_payment_methods_name UNIQUE (name)
);

CREATE TABLE desk.people (
    role VARCHAR(63) NOT NULL,
    full_name VARCHAR(80) NOT NULL,
    job VARCHAR(60) DEFAULT '' NOT NULL,
    active BOOLEAN DEFAULT true NOT NULL,
    service BOOLEAN DEFAULT false NOT NULL,
    seller BOOLEAN DEFAULT false NOT NULL,
    must_change_password BOOLEAN DEFAULT false NOT NULL,
    password_by VARCHAR(63),
    password_at TIMESTAMP WITH TIME ZONE,
    version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_people PRIMARY KEY (role)
);

CREATE TABLE desk.permissions (
    code VARCHAR(60) NOT NULL,
    label VARCHAR(80) NOT NULL,
    section VARCHAR(40) NOT NULL,
    negative BOOLEAN DEFAULT false NOT NULL,
    position INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_permissions PRIMARY KEY (code),
    CONSTRAINT uq_permissions_label UNIQUE (label)
);

CREATE TABLE desk.plan_statuses (
    code VARCHAR(32) NOT NULL,
    description VARCHAR(60) NOT NULL,
    "group" VARCHAR(40) NOT NULL,
    bills BOOLEAN NOT NULL,
    grants_access BOOLEAN DEFAULT false NOT NULL,
    next_code VARCHAR(32),
    system BOOLEAN DEFAULT false NOT NULL,
    position INTEGER DEFAULT 100 NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_plan_statuses PRIMARY KEY (code),
    CONSTRAINT uq_plan_statuses_description UNIQUE (description),
    CONSTRAINT ck_plan_statuses_plan_group CHECK ("group" IN ('ativo', 'inativo', 'cancelado')),
    CONSTRAINT fk_plan_statuses_next_code FOREIGN KEY(next_code) REFERENCES desk.plan_statuses (code)
);

CREATE TABLE desk.radius_sessions (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    session_id TEXT NOT NULL,
    unique_id TEXT NOT NULL,
    username TEXT,
    login_id BIGINT,
    realm TEXT,
    nas_address INET NOT NULL,
    nas_port_id TEXT,
    nas_port_type TEXT,
    started_at TIMESTAMP WITH TIME ZONE,
    updated_at TIMESTAMP WITH TIME ZONE,
    stopped_at TIMESTAMP WITH TIME ZONE,
    update_seconds BIGINT,
    session_seconds BIGINT,
    authentic TEXT,
    connect_info_start TEXT,
    connect_info_stop TEXT,
    in_octets BIGINT,
    out_octets BIGINT,
    called_station TEXT,
    calling_station TEXT,
    terminate_cause TEXT,
    service_type TEXT,
    framed_protocol TEXT,
    framed_ip INET,
    framed_ipv6 INET,
    framed_ipv6_prefix INET,
    framed_interface_id TEXT,
    delegated_ipv6_prefix INET,
    acct_class TEXT,
    mac MACADDR,
    CONSTRAINT pk_radius_sessions PRIMARY KEY (id)
);
CREATE INDEX ix_radius_sessions_login_id_started_at ON desk.radius_sessions (login_id, started_at);
CREATE INDEX ix_radius_sessions_open ON desk.radius_sessions (username) WHERE stopped_at IS NULL;
CREATE INDEX ix_radius_sessions_open_ip ON desk.radius_sessions (framed_ip) WHERE stopped_at IS NULL;
CREATE INDEX ix_radius_sessions_open_login ON desk.radius_sessions (login_id) WHERE stopped_at IS NULL;
CREATE INDEX ix_radius_sessions_open_mac ON desk.radius_sessions (mac) WHERE stopped_at IS NULL;
CREATE INDEX ix_radius_sessions_open_nas ON desk.radius_sessions (nas_address, started_at) WHERE stopped_at IS NULL;
CREATE UNIQUE INDEX uq_radius_sessions_unique_id ON desk.radius_sessions (unique_id);

CREATE TABLE desk.routing_servers (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR(60) NOT NULL,
    host VARCHAR(253) NOT NULL,
    port INTEGER DEFAULT 8729 NOT NULL,
    tls VARCHAR(40) NOT NULL,
    fingerprint VARCHAR(64) DEFAULT '' NOT NULL,
    username VARCHAR(60) DEFAULT '' NOT NULL,
    local_secrets BOOLEAN DEFAULT false NOT NULL,
    nas_address INET,
    active BOOLEAN DEFAULT true NOT NULL,
    notes VARCHAR(2000) DEFAULT '' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    created_by VARCHAR(63) DEFAULT session_user NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_routing_servers PRIMARY KEY (id),
    CONSTRAINT uq_routing_servers_name UNIQUE (name),
    CONSTRAINT ck_routing_servers_port CHECK (port BETWEEN 1 AND 65535),
    CONSTRAINT ck_routing_servers_fingerprint CHECK (tls <> 'certificado fixado' OR length(fingerprint) = 64),
    CONSTRAINT ck_routing_servers_tls CHECK (tls IN ('sem TLS', 'certificado fixado', 'certificado verificado', 'TLS anônimo')),
    CONSTRAINT uq_routing_servers_nas_address UNIQUE (nas_address)
);

CREATE TABLE desk.service_groups (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR(60) NOT NULL,
    CONSTRAINT pk_service_groups PRIMARY KEY (id),
    CONSTRAINT uq_service_groups_name UNIQUE (name)
);

CREATE TABLE desk.variables (
    code VARCHAR(60) NOT NULL,
    label VARCHAR(100) NOT NULL,
    section VARCHAR(60) NOT NULL,
    type VARCHAR(10) DEFAULT 'S/N' NOT NULL,
    value VARCHAR(40) NOT NULL,
    default_value VARCHAR(40) NOT NULL,
    help VARCHAR(400) DEFAULT '' NOT NULL,
    position INTEGER DEFAULT 0 NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_variables PRIMARY KEY (code),
    CONSTRAINT ck_variables_value CHECK ((type = 'S/N' AND value IN ('S', 'N')) OR (type = 'número' AND value ~ '^[0-9]{1,9}$')),
    CONSTRAINT uq_variables_label UNIQUE (label)
);

CREATE TABLE desk_vault.nas_clear (
    routing_server_id BIGINT NOT NULL,
    cleartext VARCHAR(128) NOT NULL,
    CONSTRAINT pk_nas_clear PRIMARY KEY (routing_server_id)
);

CREATE TABLE desk_vault.pending (
    version BIGSERIAL NOT NULL,
    kind VARCHAR(20) NOT NULL,
    owner BIGINT NOT NULL,
    who VARCHAR(63) DEFAULT session_user NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_pending PRIMARY KEY (version)
);

CREATE TABLE desk_vault.radius_clear (
    login_id BIGINT NOT NULL,
    cleartext VARCHAR(128) NOT NULL,
    CONSTRAINT pk_radius_clear PRIMARY KEY (login_id)
);

CREATE TABLE desk_vault.secret_kinds (
    kind VARCHAR(20) NOT NULL,
    see VARCHAR(60)[] NOT NULL,
    "create" VARCHAR(60)[] NOT NULL,
    change VARCHAR(60)[] NOT NULL,
    per_hour INTEGER NOT NULL,
    ticket_seconds INTEGER NOT NULL,
    CONSTRAINT pk_secret_kinds PRIMARY KEY (kind)
);

CREATE TABLE desk_vault.secrets (
    kind VARCHAR(20) NOT NULL,
    owner BIGINT NOT NULL,
    version BIGINT NOT NULL,
    ciphertext BYTEA,
    written_by VARCHAR(63) DEFAULT session_user NOT NULL,
    written_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_secrets PRIMARY KEY (kind, owner)
);

CREATE TABLE desk_vault.tickets (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    kind VARCHAR(20) NOT NULL,
    owner BIGINT NOT NULL,
    reason VARCHAR(200) NOT NULL,
    who VARCHAR(63) NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    xid BIGINT NOT NULL,
    lease UUID,
    CONSTRAINT pk_tickets PRIMARY KEY (id)
);
CREATE INDEX ix_tickets_who_kind_at ON desk_vault.tickets (who, kind, at);

CREATE TABLE desk.business_units (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR(60) NOT NULL,
    city_id BIGINT,
    CONSTRAINT pk_business_units PRIMARY KEY (id),
    CONSTRAINT uq_business_units_name UNIQUE (name),
    CONSTRAINT fk_business_units_city_id FOREIGN KEY(city_id) REFERENCES desk.cities (id)
);

CREATE TABLE desk.catalog_plans (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR(80) NOT NULL,
    kind VARCHAR(40) NOT NULL,
    service_group_id BIGINT NOT NULL,
    price NUMERIC(12, 2) NOT NULL,
    active BOOLEAN DEFAULT true NOT NULL,
    requires_authorization BOOLEAN DEFAULT false NOT NULL,
    allows_circuit BOOLEAN DEFAULT false NOT NULL,
    allows_tv BOOLEAN DEFAULT false NOT NULL,
    prints_booklet BOOLEAN DEFAULT false NOT NULL,
    bills_when_debt_suspended BOOLEAN DEFAULT false NOT NULL,
    trial_days INTEGER DEFAULT 0 NOT NULL,
    allows_login BOOLEAN DEFAULT false NOT NULL,
    login_limit INTEGER DEFAULT 0 NOT NULL,
    radius_profile VARCHAR(60) DEFAULT '' NOT NULL,
    down_kbps INTEGER DEFAULT 0 NOT NULL,
    up_kbps INTEGER DEFAULT 0 NOT NULL,
    simultaneous_use INTEGER DEFAULT 1 NOT NULL,
    allowance_gb INTEGER,
    installation_fee NUMERIC(12, 2) DEFAULT 0 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    created_by VARCHAR(63) DEFAULT session_user NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_catalog_plans PRIMARY KEY (id),
    CONSTRAINT uq_catalog_plans_name UNIQUE (name),
    CONSTRAINT ck_catalog_plans_price CHECK (price >= 0),
    CONSTRAINT ck_catalog_plans_login_limit CHECK (login_limit BETWEEN 0 AND 99),
    CONSTRAINT ck_catalog_plans_speed CHECK (down_kbps >= 0 AND up_kbps >= 0),
    CONSTRAINT ck_catalog_plans_allowance CHECK (allowance_gb IS NULL OR allowance_gb > 0),
    CONSTRAINT ck_catalog_plans_trial_days CHECK (trial_days >= 0),
    CONSTRAINT ck_catalog_plans_kind CHECK (kind IN ('internet', 'tv', 'voz', 'hospedagem')),
    CONSTRAINT fk_catalog_plans_service_group_id FOREIGN KEY(service_group_id) REFERENCES desk.service_groups (id)
);

CREATE TABLE desk.person_permissions (
    role VARCHAR(63) NOT NULL,
    permission VARCHAR(60) NOT NULL,
    CONSTRAINT pk_person_permissions PRIMARY KEY (role, permission),
    CONSTRAINT fk_person_permissions_role FOREIGN KEY(role) REFERENCES desk.people (role),
    CONSTRAINT fk_person_permissions_permission FOREIGN KEY(permission) REFERENCES desk.permissions (code)
);

CREATE TABLE desk.access_points (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    name VARCHAR(60) NOT NULL,
    business_unit_id BIGINT,
    routing_server_id BIGINT,
    customer_limit INTEGER,
    active BOOLEAN DEFAULT true NOT NULL,
    notes VARCHAR(2000) DEFAULT '' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    created_by VARCHAR(63) DEFAULT session_user NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_access_points PRIMARY KEY (id),
    CONSTRAINT uq_access_points_name UNIQUE (name),
    CONSTRAINT ck_access_points_customer_limit CHECK (customer_limit IS NULL OR customer_limit > 0),
    CONSTRAINT fk_access_points_business_unit_id FOREIGN KEY(business_unit_id) REFERENCES desk.business_units (id),
    CONSTRAINT fk_access_points_routing_server_id FOREIGN KEY(routing_server_id) REFERENCES desk.routing_servers (id)
);
CREATE INDEX ix_access_points_routing_server_id ON desk.access_points (routing_server_id);

CREATE TABLE desk.catalog_composition_items (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    catalog_plan_id BIGINT NOT NULL,
    position INTEGER NOT NULL,
    description VARCHAR(80) NOT NULL,
    service_class VARCHAR(40) NOT NULL,
    amount NUMERIC(12, 2) NOT NULL,
    CONSTRAINT pk_catalog_composition_items PRIMARY KEY (id),
    CONSTRAINT uq_catalog_composition_items_position UNIQUE (catalog_plan_id, position),
    CONSTRAINT ck_catalog_composition_items_amount CHECK (amount >= 0),
    CONSTRAINT fk_catalog_composition_items_catalog_plan_id FOREIGN KEY(catalog_plan_id) REFERENCES desk.catalog_plans (id) ON DELETE CASCADE,
    CONSTRAINT ck_catalog_composition_items_service_class CHECK (service_class IN ('SCM', 'STFC', 'SeAC', 'SVA', 'outro'))
);

CREATE TABLE desk.catalog_plan_units (
    catalog_plan_id BIGINT NOT NULL,
    business_unit_id BIGINT NOT NULL,
    CONSTRAINT pk_catalog_plan_units PRIMARY KEY (catalog_plan_id, business_unit_id),
    CONSTRAINT fk_catalog_plan_units_catalog_plan_id FOREIGN KEY(catalog_plan_id) REFERENCES desk.catalog_plans (id) ON DELETE CASCADE,
    CONSTRAINT fk_catalog_plan_units_business_unit_id FOREIGN KEY(business_unit_id) REFERENCES desk.business_units (id)
);
CREATE INDEX ix_catalog_plan_units_business_unit_id ON desk.catalog_plan_units (business_unit_id);

CREATE TABLE desk.customers (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    code INTEGER GENERATED ALWAYS AS IDENTITY,
    kind VARCHAR(40) NOT NULL,
    name VARCHAR(120) NOT NULL,
    trade_name VARCHAR(120) DEFAULT '' NOT NULL,
    document VARCHAR(14) NOT NULL,
    registration VARCHAR(30) DEFAULT '' NOT NULL,
    birth_date DATE,
    mother_name VARCHAR(120) DEFAULT '' NOT NULL,
    father_name VARCHAR(120) DEFAULT '' NOT NULL,
    email VARCHAR(254) DEFAULT '' NOT NULL,
    notes VARCHAR(2000) DEFAULT '' NOT NULL,
    active BOOLEAN DEFAULT true NOT NULL,
    inactive_since DATE,
    identifier_code VARCHAR(25),
    default_due_day INTEGER DEFAULT 10 NOT NULL,
    business_unit_id BIGINT NOT NULL,
    last_plan_number INTEGER DEFAULT 0 NOT NULL,
    name_key TEXT COLLATE "C" GENERATED ALWAYS AS (desk.fold(name || ' ' || trade_name)) STORED NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    created_by VARCHAR(63) DEFAULT session_user NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_customers PRIMARY KEY (id),
    CONSTRAINT ck_customers_document_shape CHECK (document ~ '^([0-9]{11}|[0-9A-Z]{12}[0-9]{2})$' COLLATE "C"),
    CONSTRAINT ck_customers_default_due_day CHECK (default_due_day BETWEEN 1 AND 31),
    CONSTRAINT ck_customers_name_filled CHECK (length(btrim(name)) > 0),
    CONSTRAINT uq_customers_document UNIQUE (document),
    CONSTRAINT uq_customers_code UNIQUE (code),
    CONSTRAINT ck_customers_kind CHECK (kind IN ('PF', 'PJ')),
    CONSTRAINT uq_customers_identifier_code UNIQUE (identifier_code),
    CONSTRAINT fk_customers_business_unit_id FOREIGN KEY(business_unit_id) REFERENCES desk.business_units (id)
);
CREATE INDEX ix_customers_code_text ON desk.customers ((code::text) COLLATE "C");
CREATE INDEX ix_customers_document_text ON desk.customers (document COLLATE "C");
CREATE INDEX ix_customers_email_host ON desk.customers (split_part(lower(email), '@', 2) COLLATE "C") WHERE email <> '';
CREATE INDEX ix_customers_email_text ON desk.customers (lower(email) COLLATE "C") WHERE email <> '';
CREATE INDEX ix_customers_name_key ON desk.customers (name_key);
CREATE INDEX ix_customers_name_part ON desk.customers USING gin (name_key desk.gin_trgm_ops);
CREATE INDEX ix_customers_name_words ON desk.customers USING gin (array_to_tsvector(string_to_array(name_key, ' ')));

CREATE TABLE desk.addresses (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    customer_id BIGINT NOT NULL,
    position INTEGER NOT NULL,
    zip VARCHAR(8) NOT NULL,
    street VARCHAR(120) NOT NULL,
    number VARCHAR(20) NOT NULL,
    complement VARCHAR(60) DEFAULT '' NOT NULL,
    district VARCHAR(80) NOT NULL,
    city_id BIGINT NOT NULL,
    landmark VARCHAR(120) DEFAULT '' NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_addresses PRIMARY KEY (id),
    CONSTRAINT uq_addresses_position UNIQUE (customer_id, position),
    CONSTRAINT ck_addresses_zip_shape CHECK (zip ~ '^[0-9]{8}$' COLLATE "C"),
    CONSTRAINT ck_addresses_position CHECK (position BETWEEN 1 AND 20),
    CONSTRAINT fk_addresses_customer_id FOREIGN KEY(customer_id) REFERENCES desk.customers (id) ON DELETE CASCADE,
    CONSTRAINT fk_addresses_city_id FOREIGN KEY(city_id) REFERENCES desk.cities (id)
);

CREATE TABLE desk.customer_phones (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    customer_id BIGINT NOT NULL,
    position INTEGER NOT NULL,
    number VARCHAR(13) NOT NULL,
    label VARCHAR(40) DEFAULT '' NOT NULL,
    CONSTRAINT pk_customer_phones PRIMARY KEY (id),
    CONSTRAINT ck_customer_phones_number_shape CHECK (number ~ '^[0-9]{8,13}$' COLLATE "C"),
    CONSTRAINT uq_customer_phones_position UNIQUE (customer_id, position),
    CONSTRAINT fk_customer_phones_customer_id FOREIGN KEY(customer_id) REFERENCES desk.customers (id) ON DELETE CASCADE
);
CREATE INDEX ix_customer_phones_number ON desk.customer_phones (number COLLATE "C");
CREATE INDEX ix_customer_phones_reverse ON desk.customer_phones (reverse(number) COLLATE "C");

CREATE TABLE desk.customer_plans (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    customer_id BIGINT NOT NULL,
    number INTEGER DEFAULT 0 NOT NULL,
    catalog_plan_id BIGINT NOT NULL,
    status VARCHAR(32) NOT NULL,
    reference VARCHAR(60) DEFAULT '' NOT NULL,
    start_date DATE NOT NULL,
    first_activation_date DATE,
    value NUMERIC(12, 2) NOT NULL,
    installation_fee NUMERIC(12, 2) DEFAULT 0 NOT NULL,
    payment_method_id BIGINT NOT NULL,
    due_day INTEGER NOT NULL,
    last_close_date DATE,
    separate_invoice BOOLEAN DEFAULT false NOT NULL,
    booklet BOOLEAN DEFAULT false NOT NULL,
    identifier_code VARCHAR(25),
    access_point_id BIGINT,
    business_unit_id BIGINT NOT NULL,
    seller VARCHAR(63),
    provisional_until TIMESTAMP WITH TIME ZONE,
    provisional_at TIMESTAMP WITH TIME ZONE,
    throttled BOOLEAN DEFAULT false NOT NULL,
    composition_customized BOOLEAN DEFAULT false NOT NULL,
    cancelled_on DATE,
    cancel_reason VARCHAR(80) DEFAULT '' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    created_by VARCHAR(63) DEFAULT session_user NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_customer_plans PRIMARY KEY (id),
    CONSTRAINT uq_customer_plans_number UNIQUE (customer_id, number),
    CONSTRAINT ck_customer_plans_due_day CHECK (due_day BETWEEN 1 AND 31),
    CONSTRAINT ck_customer_plans_value CHECK (value >= 0),
    CONSTRAINT ck_customer_plans_number CHECK (number BETWEEN 1 AND 999),
    CONSTRAINT ck_customer_plans_cancelled_on CHECK ((status = 'CANCELADO') = (cancelled_on IS NOT NULL)),
    CONSTRAINT fk_customer_plans_customer_id FOREIGN KEY(customer_id) REFERENCES desk.customers (id),
    CONSTRAINT fk_customer_plans_catalog_plan_id FOREIGN KEY(catalog_plan_id) REFERENCES desk.catalog_plans (id),
    CONSTRAINT fk_customer_plans_status FOREIGN KEY(status) REFERENCES desk.plan_statuses (code),
    CONSTRAINT fk_customer_plans_payment_method_id FOREIGN KEY(payment_method_id) REFERENCES desk.payment_methods (id),
    CONSTRAINT uq_customer_plans_identifier_code UNIQUE (identifier_code),
    CONSTRAINT fk_customer_plans_access_point_id FOREIGN KEY(access_point_id) REFERENCES desk.access_points (id),
    CONSTRAINT fk_customer_plans_business_unit_id FOREIGN KEY(business_unit_id) REFERENCES desk.business_units (id),
    CONSTRAINT fk_customer_plans_seller FOREIGN KEY(seller) REFERENCES desk.people (role)
);
CREATE INDEX ix_customer_plans_access_point_id ON desk.customer_plans (access_point_id);
CREATE INDEX ix_customer_plans_catalog_plan_id ON desk.customer_plans (catalog_plan_id);
CREATE INDEX ix_customer_plans_provisional_until ON desk.customer_plans (provisional_until) WHERE provisional_until IS NOT NULL;
CREATE INDEX ix_customer_plans_status ON desk.customer_plans (status);

CREATE TABLE desk.recent_customers (
    role VARCHAR(63) NOT NULL,
    customer_id BIGINT NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_recent_customers PRIMARY KEY (role, customer_id),
    CONSTRAINT fk_recent_customers_customer_id FOREIGN KEY(customer_id) REFERENCES desk.customers (id) ON DELETE CASCADE
);
CREATE INDEX ix_recent_customers_role_at ON desk.recent_customers (role, opened_at);

CREATE TABLE desk.approvals (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    plan_id BIGINT NOT NULL,
    step VARCHAR(32) NOT NULL,
    facts VARCHAR(64) NOT NULL,
    by VARCHAR(63) NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    used_by VARCHAR(63),
    CONSTRAINT pk_approvals PRIMARY KEY (id),
    CONSTRAINT fk_approvals_plan_id FOREIGN KEY(plan_id) REFERENCES desk.customer_plans (id) ON DELETE CASCADE
);
CREATE INDEX ix_approvals_plan_id ON desk.approvals (plan_id);

CREATE TABLE desk.circuits (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    plan_id BIGINT NOT NULL,
    name VARCHAR(40) NOT NULL,
    CONSTRAINT pk_circuits PRIMARY KEY (id),
    CONSTRAINT uq_circuits_name UNIQUE (name),
    CONSTRAINT fk_circuits_plan_id FOREIGN KEY(plan_id) REFERENCES desk.customer_plans (id)
);
CREATE INDEX ix_circuits_name_text ON desk.circuits (lower(name) COLLATE "C");
CREATE INDEX ix_circuits_plan_id ON desk.circuits (plan_id);

CREATE TABLE desk.plan_addresses (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    plan_id BIGINT NOT NULL,
    kind VARCHAR(40) NOT NULL,
    zip VARCHAR(8) NOT NULL,
    street VARCHAR(120) NOT NULL,
    number VARCHAR(20) NOT NULL,
    complement VARCHAR(60) DEFAULT '' NOT NULL,
    district VARCHAR(80) NOT NULL,
    city_id BIGINT NOT NULL,
    landmark VARCHAR(120) DEFAULT '' NOT NULL,
    CONSTRAINT pk_plan_addresses PRIMARY KEY (id),
    CONSTRAINT uq_plan_addresses_kind UNIQUE (plan_id, kind),
    CONSTRAINT ck_plan_addresses_zip_shape CHECK (zip ~ '^[0-9]{8}$' COLLATE "C"),
    CONSTRAINT fk_plan_addresses_plan_id FOREIGN KEY(plan_id) REFERENCES desk.customer_plans (id) ON DELETE CASCADE,
    CONSTRAINT ck_plan_addresses_address_kind CHECK (kind IN ('instalacao', 'cobranca', 'fiscal')),
    CONSTRAINT fk_plan_addresses_city_id FOREIGN KEY(city_id) REFERENCES desk.cities (id)
);

CREATE TABLE desk.plan_status_history (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    plan_id BIGINT NOT NULL,
    from_status VARCHAR(32),
    to_status VARCHAR(32) NOT NULL,
    marker VARCHAR(40) DEFAULT '' NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    who VARCHAR(63) DEFAULT session_user NOT NULL,
    reason VARCHAR(80) DEFAULT '' NOT NULL,
    note VARCHAR(500) DEFAULT '' NOT NULL,
    CONSTRAINT pk_plan_status_history PRIMARY KEY (id),
    CONSTRAINT fk_plan_status_history_plan_id FOREIGN KEY(plan_id) REFERENCES desk.customer_plans (id) ON DELETE CASCADE
);
CREATE INDEX ix_plan_status_history_plan_id_at ON desk.plan_status_history (plan_id, at);

CREATE TABLE desk.plan_value_details (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    plan_id BIGINT NOT NULL,
    kind VARCHAR(40) NOT NULL,
    description VARCHAR(80) DEFAULT '' NOT NULL,
    amount NUMERIC(12, 2),
    percent NUMERIC(12, 2),
    starts_on DATE NOT NULL,
    months INTEGER,
    CONSTRAINT pk_plan_value_details PRIMARY KEY (id),
    CONSTRAINT ck_plan_value_details_amount_or_percent CHECK ((amount IS NULL) <> (percent IS NULL)),
    CONSTRAINT ck_plan_value_details_amount CHECK (amount > 0),
    CONSTRAINT ck_plan_value_details_percent CHECK (percent > 0 AND percent <= 100),
    CONSTRAINT ck_plan_value_details_months CHECK (months IS NULL OR months > 0),
    CONSTRAINT fk_plan_value_details_plan_id FOREIGN KEY(plan_id) REFERENCES desk.customer_plans (id) ON DELETE CASCADE,
    CONSTRAINT ck_plan_value_details_value_kind CHECK (kind IN ('desconto', 'acrescimo'))
);
CREATE INDEX ix_plan_value_details_plan_id ON desk.plan_value_details (plan_id);

CREATE TABLE desk.radius_logins (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    plan_id BIGINT NOT NULL,
    login VARCHAR(64) NOT NULL,
    fixed_ip INET,
    mac_lock MACADDR,
    deleted_at TIMESTAMP WITH TIME ZONE,
    deleted_by VARCHAR(63),
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    created_by VARCHAR(63) DEFAULT session_user NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_radius_logins PRIMARY KEY (id),
    CONSTRAINT ck_radius_logins_login_spaces CHECK (login !~ '[[:space:][:cntrl:]]'),
    CONSTRAINT ck_radius_logins_login_length CHECK (length(login) BETWEEN 1 AND 64),
    CONSTRAINT fk_radius_logins_plan_id FOREIGN KEY(plan_id) REFERENCES desk.customer_plans (id)
);
CREATE INDEX ix_radius_logins_fixed_ip ON desk.radius_logins (fixed_ip) WHERE fixed_ip IS NOT NULL;
CREATE INDEX ix_radius_logins_login_part ON desk.radius_logins USING gin (lower(login) desk.gin_trgm_ops);
CREATE INDEX ix_radius_logins_login_text ON desk.radius_logins (lower(login) COLLATE "C");
CREATE INDEX ix_radius_logins_mac_lock ON desk.radius_logins (mac_lock) WHERE mac_lock IS NOT NULL;
CREATE INDEX ix_radius_logins_plan_id ON desk.radius_logins (plan_id);
CREATE UNIQUE INDEX uq_radius_logins_login ON desk.radius_logins (lower(login)) WHERE deleted_at IS NULL;
