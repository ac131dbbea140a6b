"""Files of the user: environments, preferences, policy and the stores of logins."""
